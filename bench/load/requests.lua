-- The requests that wrk sends. Each body is another, and valid; each read names one of the keys that were made before.
-- KIND is create, batch, get or list; TARGET_PATH, TOKEN, KEYS_FILE and ACTIVE_SECONDS come with it in the environment.
local ffi = require('ffi')
ffi.cdef [[
  typedef struct { long seconds; long microseconds; } moment;
  int gettimeofday(moment *now, void *zone);
]]

local kind = os.getenv('KIND')
local path = os.getenv('TARGET_PATH')
local token = os.getenv('TOKEN')
local active = tonumber(os.getenv('ACTIVE_SECONDS'))
local statuses = {
  'unknown', 'notApplicable', 'compliant', 'remediated', 'nonCompliant', 'error', 'conflict', 'notAssigned',
}
local buffer = ffi.new('moment')
local sent = 0
local started

local function now()
  ffi.C.gettimeofday(buffer, nil)
  return tonumber(buffer.seconds) + tonumber(buffer.microseconds) / 1e6
end

math.randomseed(now() * 1e6 % 2 ^ 31)

local headers = { ['Content-Type'] = 'application/json' }
if token then headers['Authorization'] = 'Bearer ' .. token end

local keys = {}
if kind == 'get' then
  for key in io.lines(os.getenv('KEYS_FILE')) do keys[#keys + 1] = key end
end

local function body()
  sent = sent + 1
  local user = string.format('%08x', math.random(0, 2 ^ 31 - 1))
  return string.format(
    '{"@odata.type":"#microsoft.graph.deviceConfigurationUserStatus","userDisplayName":"User %s %d",'
      .. '"devicesCount":%d,"status":"%s","lastReportedDateTime":"2026-11-%02dT%02d:%02d:%02d.%07dZ",'
      .. '"userPrincipalName":"%s.%d@contoso.example"}',
    user, sent, sent % 7 + 1, statuses[sent % 8 + 1],
    sent % 28 + 1, sent % 24, sent % 60, math.random(0, 59), math.random(0, 9999999), user, sent
  )
end

local function batch()
  local items = {}
  for id = 1, 20 do
    items[id] = string.format(
      '{"id":"%d","method":"POST","url":"%s","headers":{"Content-Type":"application/json"},"body":%s}',
      id, path, body()
    )
  end
  return '{"requests":[' .. table.concat(items, ',') .. ']}'
end

function request()
  started = started or now()
  if kind == 'create' then return wrk.format('POST', path, headers, body()) end
  if kind == 'batch' then return wrk.format('POST', '/v1.0/$batch', headers, batch()) end
  if kind == 'list' then return wrk.format('GET', path .. '?$top=100', headers) end
  return wrk.format('GET', keys[math.random(#keys)], headers)
end

-- Towards the end nothing more is sent, so that every request is answered, and what is stored can be counted.
function delay()
  if started and now() - started > active then return 3600000 end
  return 0
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"failed":%d,"broken":%d,"meanMs":%.4f,"p50Ms":%.4f,"p99Ms":%.4f}\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency.mean / 1000, latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end

-- The requests that wrk sends. Each body is another, and valid; each read names one of the keys that were made before.
-- From the environment: KIND (create, update, batch, get or list), TARGET_PATH, TOKEN, FIRST_MEMBER (of each body), COLLECTIONS (how many;
-- {n} in the path is the number of one of them), KEYS_FILE, CONNECTIONS, ACTIVE_SECONDS.
local ffi = require('ffi')
ffi.cdef [[
  typedef struct { long seconds; long microseconds; } moment;
  int gettimeofday(moment *now, void *zone);
  int getpid();
  int kill(int process, int signal);
]]
local SIGINT = 2

local kind = os.getenv('KIND')
local target_path = os.getenv('TARGET_PATH')
local token = os.getenv('TOKEN')
local first_member = os.getenv('FIRST_MEMBER')
local collections = tonumber(os.getenv('COLLECTIONS') or '1')
local connections = tonumber(os.getenv('CONNECTIONS'))
local active = tonumber(os.getenv('ACTIVE_SECONDS'))
local statuses = {
  'unknown', 'notApplicable', 'compliant', 'remediated', 'nonCompliant', 'error', 'conflict', 'notAssigned',
}
local buffer = ffi.new('moment')
local sent = 0
local idle = 0
local started

local function now()
  ffi.C.gettimeofday(buffer, nil)
  return tonumber(buffer.seconds) + tonumber(buffer.microseconds) / 1e6
end

math.randomseed(now() * 1e6 % 2 ^ 31)

local headers = { ['Content-Type'] = 'application/json' }
if token then headers['Authorization'] = 'Bearer ' .. token end

local keys = {}
if kind == 'get' or kind == 'update' then
  for key in io.lines(os.getenv('KEYS_FILE')) do keys[#keys + 1] = key end
end

local function path()
  if collections == 1 then return target_path end
  return (target_path:gsub('{n}', string.format('%04d', math.random(0, collections - 1))))
end

local function body()
  sent = sent + 1
  local user = string.format('%08x', math.random(0, 2 ^ 31 - 1))
  -- A status is reported when it is known.
  local moment = now()
  return string.format(
    '{%s,"userDisplayName":"User %s %d",'
      .. '"devicesCount":%d,"status":"%s","lastReportedDateTime":"%s.%07dZ",'
      .. '"userPrincipalName":"%s.%d@contoso.example"}',
    first_member, user, sent, sent % 7 + 1, statuses[sent % 8 + 1],
    os.date('!%Y-%m-%dT%H:%M:%S', moment), moment % 1 * 1e7, user, sent
  )
end

-- What is reported of a user again and again; the names stay.
local function report()
  sent = sent + 1
  local moment = now()
  return string.format(
    '{"devicesCount":%d,"status":"%s","lastReportedDateTime":"%s.%07dZ"}',
    sent % 7 + 1, statuses[sent % 8 + 1], os.date('!%Y-%m-%dT%H:%M:%S', moment), moment % 1 * 1e7
  )
end

local function batch()
  local items = {}
  for id = 1, 20 do
    items[id] = string.format(
      '{"id":"%d","method":"POST","url":"%s","headers":{"Content-Type":"application/json"},"body":%s}',
      id, path(), body()
    )
  end
  return '{"requests":[' .. table.concat(items, ',') .. ']}'
end

function request()
  if kind == 'create' then return wrk.format('POST', path(), headers, body()) end
  if kind == 'batch' then return wrk.format('POST', '/v1.0/$batch', headers, batch()) end
  if kind == 'list' then return wrk.format('GET', path() .. '?$top=100', headers) end
  if kind == 'update' then return wrk.format('PATCH', keys[math.random(#keys)], headers, report()) end
  return wrk.format('GET', keys[math.random(#keys)], headers)
end

-- Asked before each request of a connection. When the time is over nothing more is sent, and when every connection has its last
-- answer, so that what is stored can be counted, wrk is told to end as by Ctrl-C.
function delay()
  started = started or now()
  seconds = now() - started
  if seconds < active then return 0 end
  idle = idle + 1
  if idle == connections then
    finished = 1
    ffi.C.kill(ffi.C.getpid(), SIGINT)
  end
  return 3600000
end

-- wrk has an interpreter for each thread and one more for the summary. There is one thread.
local worker
function setup(thread) worker = thread end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  if not worker:get('finished') then broken = broken + 1 end
  io.write(string.format(
    '{"answers":%d,"failed":%d,"broken":%d,"seconds":%.6f,"meanMs":%.4f,"p50Ms":%.4f,"p99Ms":%.4f}\n',
    summary.requests, errors.status, broken, worker:get('seconds'),
    latency.mean / 1000, latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end

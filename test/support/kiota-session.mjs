/**
 * What each program with the unmodified msgraph-sdk begins with: only base URL, hosts and token are not those of Graph. The package with
 * the request builders of deviceManagement is not published; what it would hold is described here in the form in which Kiota generates it.
 */
import {
  createGraphServiceClient,
  extendGraphServiceClient,
  GraphRequestAdapter,
} from '@microsoft/msgraph-sdk';
import { GraphAzureIdentityAuthenticationProvider } from '@microsoft/msgraph-sdk-core';
import {
  createDeviceConfigurationUserStatusCollectionResponseFromDiscriminatorValue as toUserStatuses,
  createDeviceConfigurationUserStatusFromDiscriminatorValue as toUserStatus,
  createDeviceConfigurationUserOverviewFromDiscriminatorValue as toOverview,
  serializeDeviceConfigurationUserStatus,
} from '@microsoft/msgraph-sdk/models/index.js';
import { createODataErrorFromDiscriminatorValue } from '@microsoft/msgraph-sdk/models/oDataErrors/index.js';

const CONFIGURATION = '{+baseurl}/deviceManagement/deviceConfigurations/{deviceConfiguration%2Did}';
const COLLECTION = `${CONFIGURATION}/userStatuses`;
const ENTITY = `${COLLECTION}/{deviceConfigurationUserStatus%2Did}`;

export const errorMappings = { XXX: createODataErrorFromDiscriminatorValue };
export { toUserStatuses };

function request(path, options, more) {
  const names = options.map((name) => `%24${name}`);
  return {
    uriTemplate: names.length === 0 ? path : `${path}{?${names.join(',')}}`,
    queryParametersMapper: Object.fromEntries(options.map((name, i) => [name, names[i]])),
    responseBodyContentType: 'application/json',
    errorMappings,
    adapterMethodName: 'send',
    ...more,
  };
}

const toWrite = {
  responseBodyFactory: toUserStatus,
  requestBodyContentType: 'application/json',
  requestBodySerializer: serializeDeviceConfigurationUserStatus,
  requestInformationContentSetMethod: 'setContentFromParsable',
};

const userStatuses = {
  requestsMetadata: {
    get: request(
      COLLECTION,
      ['count', 'expand', 'filter', 'orderby', 'search', 'select', 'skip', 'top'],
      { responseBodyFactory: toUserStatuses },
    ),
    post: request(COLLECTION, [], toWrite),
  },
  navigationMetadata: {
    byDeviceConfigurationUserStatusId: {
      pathParametersMappings: ['deviceConfigurationUserStatus%2Did'],
      requestsMetadata: {
        get: request(ENTITY, ['expand', 'select'], { responseBodyFactory: toUserStatus }),
        patch: request(ENTITY, [], toWrite),
        delete: request(ENTITY, [], { adapterMethodName: 'sendNoResponseContent' }),
      },
    },
    count: {
      requestsMetadata: {
        get: request(`${COLLECTION}/$count`, ['filter', 'search'], {
          responseBodyContentType: 'text/plain;q=0.9',
          adapterMethodName: 'sendPrimitive',
          responseBodyFactory: 'number',
        }),
      },
    },
  },
};

const userStatusOverview = {
  requestsMetadata: {
    get: request(`${CONFIGURATION}/userStatusOverview`, ['expand', 'select'], {
      responseBodyFactory: toOverview,
    }),
  },
};

extendGraphServiceClient({
  deviceManagement: {
    navigationMetadata: {
      deviceConfigurations: {
        navigationMetadata: {
          byDeviceConfigurationId: {
            pathParametersMappings: ['deviceConfiguration%2Did'],
            navigationMetadata: { userStatuses, userStatusOverview },
          },
        },
      },
    },
  },
});

const { BASE_URL, TOKEN, CONFIGURATION_ID } = process.env;

export function connect(token = TOKEN, version = 'v1.0', host = new URL(BASE_URL).hostname) {
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 60_000 }) };
  const adapter = new GraphRequestAdapter(
    new GraphAzureIdentityAuthenticationProvider(
      credential,
      ['.default'],
      undefined,
      new Set([host]),
    ),
  );
  adapter.baseUrl = `${BASE_URL}/${version}`;
  const { deviceManagement } = createGraphServiceClient(adapter);
  const configuration =
    deviceManagement.deviceConfigurations.byDeviceConfigurationId(CONFIGURATION_ID);
  return { adapter, configuration, statuses: configuration.userStatuses };
}

/** What the SDK made of a failure. */
export async function failureOf(call) {
  try {
    return { succeeded: (await call) ?? null };
  } catch (failure) {
    const { responseStatusCode, errorEscaped } = failure;
    if (errorEscaped === undefined) throw failure;
    return { responseStatusCode, error: errorEscaped };
  }
}

export function print(findings) {
  console.log(JSON.stringify(findings));
}

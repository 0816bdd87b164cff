import { describe, expect, it } from '@jest/globals';

import { findResource } from './resources.js';

const CONFIGURATION = '/deviceManagement/deviceConfigurations/a';
const COLLECTION = `${CONFIGURATION}/rootCertificate/userStatuses`;

/** What a path names before anything is known of its collection, and after. */
function findTwice(path: string): unknown[] {
  const before = describeResource(path);
  findResource(path.replace(/userStatuses.*$/, 'userStatuses'));
  findResource(path.replace(/userStatuses.*$/, 'userStatuses/'));
  return [before, describeResource(path)];
}

function describeResource(path: string): string {
  try {
    const resource = findResource(path) as Record<string, string> | undefined;
    if (resource === undefined) return 'nothing';
    const { kind, versionPrefix, id, property } = resource;
    return [versionPrefix, kind, id, property].join(' ').trim();
  } catch (error) {
    return (error as Error).message;
  }
}

describe('findResource', () => {
  it.each([
    ['userStatuses', 'userStatuses'],
    ['userStatuses/', 'userStatuses'],
    ['USERSTATUSES', 'userStatuses'],
    ['userStatuses/alex', 'userStatus alex'],
    ['userStatuses/alex/', 'userStatus alex'],
    ["userStatuses('alex')", 'userStatus alex'],
    ["userStatuses(id='alex')", 'userStatus alex'],
    ["userStatuses('alex')/", 'userStatus alex'],
    ["userStatuses/('alex')", "userStatus ('alex')"],
    ["userStatuses('alex')//status", 'userStatus/property alex status'],
    ['userStatuses/alex//status///$value/', 'userStatus/property/$value alex status'],
    ['userStatuses/userStatuses//status', 'userStatus/property userStatuses status'],
    ['/userStatuses', 'userStatuses'],
    ['//userStatusOverview/', 'userStatusOverview'],
    ['userStatuses/alex//', 'nothing'],
    ['userStatusOverview//', 'nothing'],
    ['userStatuses/count', 'userStatus count'],
    ['userStatuses/$count', 'userStatuses/$count'],
    ['userStatuses/%24count', 'userStatuses/$count'],
    ['userStatuses/al%65x', 'userStatus alex'],
    ['userStatuses/a.b', 'userStatus a.b'],
    ['userStatuses/microsoft.graph.deviceConfigurationUserStatus', 'nothing'],
    ['userStatuses/userStatuses', 'userStatus userStatuses'],
    ['userStatuses/userStatuses/status', 'userStatus/property userStatuses status'],
    ['userStatuses/alex/STATUS', 'userStatus/property alex status'],
    ["userStatuses('alex')/status/$value", 'userStatus/property/$value alex status'],
    ['userStatuses/alex/nothing/$value', 'nothing'],
    ['userStatusOverview', 'userStatusOverview'],
    ['userStatusOverview/SuccessCount', 'userStatusOverview/property  successCount'],
    ['userStatusOverview/successCount/$value', 'userStatusOverview/property/$value  successCount'],
    ['userStatusOverview/successCount/$count', 'nothing'],
    ["userStatusOverview('alex')/successCount", 'nothing'],
  ])('finds behind a configuration, at %s: %s', (path, found) => {
    for (const prefix of ['', '/v1.0', '/beta']) {
      const expected = found === 'nothing' ? found : `${prefix} ${found}`.trim();
      expect(findTwice(`${prefix}${CONFIGURATION}/rootCertificate/${path}`)).toEqual([
        expected,
        expected,
      ]);
    }
  });

  it.each([
    ["userStatuses('alex", 'malformed'],
    ['userStatuses/%E0%A4%A', 'malformed'],
    ['userStatuses/a%00', 'no user status'],
    ['userStatuses/alex/nothing', "no property 'nothing'"],
    ['userStatuses//', 'empty'],
    ['userStatuses//alex', 'empty'],
    ["userStatuses//('alex')", 'empty'],
    ['userStatuses//$count', 'empty'],
    ['userStatuses//alex/status', 'empty'],
    ["userStatuses('')", 'empty'],
    ["userStatuses(id='')/status", 'empty'],
    ['userStatuses()', 'malformed'],
  ])('refuses %s', (path, reason) => {
    for (const message of findTwice(`${CONFIGURATION}/${path}`)) {
      expect(message).toContain(reason);
    }
  });

  it.each([
    '//v1.0/deviceManagement/deviceConfigurations/a/userStatuses/alex',
    '/v1.0//deviceManagement///deviceConfigurations/a//userStatuses/alex',
    "/v1.0/deviceManagement//deviceConfigurations('a')//userStatuses('alex')/",
    '/v1.0/deviceManagement/deviceConfigurations/a//microsoft.graph.x//userStatuses/alex',
  ])('drops the empty segments between names: %s', (path) => {
    const plain = '/v1.0/deviceManagement/deviceConfigurations/a/userStatuses/alex';

    const found = [path, path, plain].map((each) => JSON.stringify(findResource(each)));

    expect(new Set(found).size).toBe(1);
  });

  it.each([
    ['/deviceManagement/deviceConfigurations//userStatuses', '1 to 256 characters'],
    ['/deviceManagement/deviceConfigurations//rootCertificate/userStatuses', '1 to 256 characters'],
    ["/deviceManagement//deviceConfigurations('')//userStatuses", '1 to 256 characters'],
    ['/deviceManagement/deviceConfigurations//a/userStatuses', '1 to 256 characters'],
  ])('takes no other segment for a key that is empty: %s', (path, found) => {
    expect(describeResource(path)).toContain(found);
  });

  it.each([
    ['//v1.0//$metadata', '$metadata'],
    ['/beta///$batch/', '$batch'],
    ['//$batch', '$batch'],
  ])('finds what is no entity: %s', (path, kind) => {
    expect(describeResource(path)).toContain(kind);
  });

  it.each(['alex', 'devicesCount'])('knows no %s of an overview', (name) => {
    expect(describeResource(`${CONFIGURATION}/userStatusOverview/${name}`)).toContain(
      `no property '${name}'`,
    );
  });

  it('keeps collections apart', () => {
    const paths = [COLLECTION, `${CONFIGURATION}/userStatuses`, COLLECTION.replace('/a/', '/b/')];
    const collections = paths.map((path) => {
      const members = [findResource(`${path}/alex`), findResource(`${path}/alex`)];
      return members.map((each) => JSON.stringify((each as { collection?: object }).collection));
    });

    expect(new Set(collections.flat()).size).toBe(3);
  });
});

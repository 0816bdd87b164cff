import { describe, expect, it } from '@jest/globals';

import { explain } from './opening-faults.js';

describe('explain', () => {
  it.each([
    [
      '28000',
      'no PostgreSQL user name specified in startup packet',
      "write 'user@' before the host",
    ],
    [
      '28000',
      'no pg_hba.conf entry for host "::1", user "a", database "b", no encryption',
      'sslmode',
    ],
    ['28000', 'no pg_hba.conf entry for host "::1", user "a", database "b", SSL encryption', ''],
    ['28000', 'role "a" does not exist', ''],
    ['28000', 'connection requires a valid client certificate', "'sslcert' and 'sslkey'"],
    ['42501', 'permission denied for schema public', 'GRANT it to the role'],
    ['28P01', 'password authentication failed for user "a"', ''],
  ])('says of %s, %s, what to do: %s', (code, message, remedy) => {
    const text = explain(Object.assign(new Error(message), { code }));

    expect(text.startsWith(message)).toBe(true);
    if (remedy === '') expect(text).toBe(message);
    else expect(text.slice(message.length)).toContain(remedy);
  });

  it('ends the words of Node.js where they say nothing more', () => {
    const message = "IP: 127.0.0.1 is not in the cert's list: ";
    const error = Object.assign(new Error(message), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });

    expect(explain(error)).toContain("cert's list: write the host");
  });
});

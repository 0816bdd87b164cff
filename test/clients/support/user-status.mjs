/** What the clients store. */
export function userStatus(values = {}) {
  return {
    devicesCount: 1,
    status: 'compliant',
    lastReportedDateTime: '2026-01-02T03:04:05.1234567Z',
    userDisplayName: 'Alex Wilber',
    userPrincipalName: 'alex@example.com',
    ...values,
  };
}

/** Fills a collection: every fifth has the status `error`. */
export async function seed({ statuses, token }, count) {
  for (let number = 1; number <= count; number += 1) {
    const body = userStatus({
      id: `k${String(number).padStart(3, '0')}`,
      devicesCount: number,
      status: number % 5 === 0 ? 'error' : 'compliant',
    });
    const { status } = await fetch(statuses, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (status !== 201) throw new Error(`a create was answered ${status}`);
  }
}

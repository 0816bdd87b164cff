/** A row, in the order and with the names of its JSON. */
export interface UserStatus {
  id: string;
  devicesCount: number;
  lastReportedDateTime: string;
  status: string;
  userDisplayName: string | null;
  userPrincipalName: string | null;
}

/** Where the rows of a hand-written server lie. */
export interface Store {
  /** Resolves when the row is committed and synced. */
  insert: (deviceConfigurationId: string, row: UserStatus) => void | Promise<void>;
  find: (
    deviceConfigurationId: string,
    id: string,
  ) => UserStatus | undefined | Promise<UserStatus | undefined>;
  list: (deviceConfigurationId: string, top: number) => UserStatus[] | Promise<UserStatus[]>;
  close: () => void | Promise<void>;
}

export function giveToServer(folder: string): void;

/** Whom its programs run as, and with what environment. */
export const AS_SERVER: {
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

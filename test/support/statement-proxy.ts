/** Stands between the service and PostgreSQL, and meddles with one statement. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What becomes of a statement: it never arrives; it is done, and its answer never arrives; it
 * arrives when the other end of the connection has long been gone (`deliver`); or another arrives
 * in its place.
 */
export type Fate = 'lost' | 'unanswered' | 'late' | { instead: string };

export class StatementProxy {
  /** How many statements were meddled with. */
  caught = 0;
  private marker = '';
  private fates: Fate[] = [];
  private readonly sockets = new Set<Socket>();
  private held: (() => void)[] = [];

  private constructor(
    private readonly listener: Server,
    private readonly target: number,
  ) {
    listener.on('connection', (near) => {
      this.link(near);
    });
  }

  static async to(url: string): Promise<StatementProxy> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new StatementProxy(listener, Number(new URL(url).port));
  }

  /** The URL of a database, through here. */
  through(url: string): string {
    const through = new URL(url);
    through.port = String((this.listener.address() as AddressInfo).port);
    return through.href;
  }

  /** What becomes of the next statements that have the marker: a text, or the name they have. */
  catch(marker: string, ...fates: readonly Fate[]): void {
    this.marker = marker;
    this.fates = [...fates];
    this.caught = 0;
  }

  /** Lets what is late arrive. */
  deliver(): void {
    for (const send of this.held.splice(0)) send();
  }

  /** Ends all connections. The server hears of it when it next looks. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.listener.close();
    this.cut();
  }

  private link(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    const cut = (): void => {
      near.destroy();
      far.destroy();
    };
    let isAnswered = true;
    let isLate = false;
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        if (!isLate) cut();
      });
    }
    near.on('data', (data) => {
      const fate = this.fateOf(data);
      if (fate === undefined) far.write(data);
      else if (fate === 'lost') cut();
      else if (fate === 'unanswered') {
        isAnswered = false;
        far.write(data);
      } else if (fate === 'late') {
        isLate = true;
        near.destroy();
        this.held.push(() => far.end(data));
      } else far.write(toQuery(fate.instead));
    });
    far.on('data', (data) => {
      if (isAnswered) near.write(data);
      else cut();
    });
  }

  private fateOf(data: Buffer): Fate | undefined {
    const fate = data.includes(this.marker) ? this.fates.shift() : undefined;
    if (fate !== undefined) this.caught += 1;
    return fate;
  }
}

/** A message that asks for a statement (postgresql.org/docs/current/protocol-message-formats.html). */
function toQuery(text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.from('Q\0\0\0\0');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

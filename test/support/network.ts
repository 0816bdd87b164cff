import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { pause } from './faults.js';

/** A way to a server that can be cut as a cable is: nobody is told, and nothing comes through. */
export class Network {
  private isCut = false;
  private readonly links = new Set<Link>();

  private constructor(
    private readonly listener: Server,
    private readonly target: number,
  ) {
    listener.on('connection', (socket) => {
      const link = new Link(socket, () => this.links.delete(link));
      this.links.add(link);
      if (!this.isCut) link.open(this.target);
    });
  }

  /** To a port of this machine. */
  static async to(target: number): Promise<Network> {
    // Who closes one direction still hears from the other.
    const listener = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    const network = new Network(listener, target);
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return network;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** What is on its way stays there, and so does a new connection. */
  cut(): void {
    this.isCut = true;
    for (const link of this.links) link.hold();
  }

  /**
   * New connections come through at once. What was on its way arrives some time later, as what is
   * sent again after longer and longer pauses does.
   */
  async mend(lateMs: number): Promise<void> {
    this.isCut = false;
    const held = [...this.links];
    await pause(lateMs);
    for (const link of held) link.open(this.target);
  }

  close(): void {
    this.listener.close();
    for (const link of this.links) link.destroy();
  }
}

/** A connection through the network, and its other half, once it has reached the server. */
class Link {
  private far: Socket | undefined;

  constructor(
    private readonly near: Socket,
    onClose: () => void,
  ) {
    near.on('error', () => undefined);
    near.on('close', onClose);
  }

  open(target: number): void {
    this.far ??= this.reach(target);
    this.near.resume();
    this.far.resume();
  }

  hold(): void {
    this.near.pause();
    this.far?.pause();
  }

  destroy(): void {
    this.near.destroy();
    this.far?.destroy();
  }

  private reach(target: number): Socket {
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    far.on('error', () => undefined);
    this.near.setNoDelay(true);
    forward(this.near, far);
    forward(far, this.near);
    return far;
  }
}

function forward(from: Socket, to: Socket): void {
  from.on('data', (chunk) => to.write(chunk));
  from.on('end', () => to.end());
  from.on('close', (hadError) => {
    if (hadError) to.destroy();
  });
}

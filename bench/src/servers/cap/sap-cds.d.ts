/** What is used of `@sap/cds`, which brings no types of its own. */
declare module '@sap/cds' {
  import { type Express } from 'express';

  interface Database {
    pragma<Row>(text: string): Promise<[Row]>;
    disconnect(): Promise<void>;
  }

  const cds: {
    root: string;
    plugins: Promise<unknown>;
    model: object;
    db: Database;
    load(file: string): Promise<object>;
    compile: { for: { nodejs(csn: object): object } };
    connect: { to(name: 'db'): Promise<Database> };
    deploy(csn: object): { to(db: Database): Promise<unknown> };
    serve(services: 'all'): { in(app: Express): Promise<unknown> };
  };
  export default cds;
}

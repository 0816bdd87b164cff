import './settings.js';

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import cds from '@sap/cds';
import express from 'express';

import { checkDurability, connect } from './database.js';

// Where package.json names the plugin for SQLite, and where the model is: the compiler leaves it in src.
cds.root = fileURLToPath(new URL('../../../', import.meta.url));
await cds.plugins;

const csn = await cds.load('src/servers/cap/user-statuses.cds');
cds.model = cds.compile.for.nodejs(csn);
await connect(csn, !existsSync(process.env.DATABASE!));

const app = express();
app.disable('x-powered-by');
await cds.serve('all').in(app);

const port = Number(process.env.PORT);
const server = app.listen(port, '127.0.0.1', () => {
  console.log(`listening at http://127.0.0.1:${port}`);
});

process.once('SIGTERM', () => {
  server.close(() => {
    void checkDurability()
      .then(() => cds.db.disconnect())
      .then(() => process.exit(0));
  });
});

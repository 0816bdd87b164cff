import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';

import { AppModule } from './app.module.js';

process.env.NODE_ENV = 'production';

const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  logger: ['error', 'warn'],
});
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
// Nest's own shutdown hooks end the process by the signal, not with code 0.
process.once('SIGTERM', () => {
  void app.close().then(() => process.exit(0));
});

const port = Number(process.env.PORT);
await app.listen(port, '127.0.0.1');
console.log(`listening at http://127.0.0.1:${port}`);

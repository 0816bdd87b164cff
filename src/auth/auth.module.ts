import { type DynamicModule, Module } from '@nestjs/common';

import type { Config } from '../config/config.js';
import { Authenticator, TOKEN_ISSUER } from './authenticator.js';
import { LocalIssuer } from './local-issuer.js';
import { OpenIdIssuer } from './openid-issuer.js';

@Module({})
export class AuthModule {
  static forConfig({ auth }: Config): DynamicModule {
    return {
      module: AuthModule,
      // Whatever serves requests may have to ask who is calling.
      global: true,
      exports: [Authenticator],
      providers: [
        {
          provide: TOKEN_ISSUER,
          useFactory: () =>
            auth.mode === 'openid' ? new OpenIdIssuer(auth) : LocalIssuer.open(auth.keyFile),
        },
        Authenticator,
      ],
    };
  }
}

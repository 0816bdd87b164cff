import { Injectable } from '@nestjs/common';

/** Whether the service asks to be sent requests at all, whatever its database says. */
@Injectable()
export class Readiness {
  isWithdrawn = false;
}

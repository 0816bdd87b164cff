/** Bare: one transaction for each request, on the one connection. */
import { serve } from './hand-written/app.js';

await serve(({ insert }) => (deviceConfigurationId, row) => {
  insert.run(deviceConfigurationId, row);
});

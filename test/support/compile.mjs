/** Takes the types out of a file for Jest, with the program that also bundles the service. */
import { transformSync } from 'rolldown/utils';

function process(source, path) {
  const { code, map, errors } = transformSync(path, source, { sourcemap: true, tsconfig: true });
  if (errors.length > 0) throw new AggregateError(errors, errors.join('\n'));
  return { code, map };
}

export default { process };

/** Many tests start what was built: they would judge another program than the one in `src`. */
import { isStale } from '../../scripts/is-stale.mjs';

export default function refuseStaleBuild() {
  if (isStale()) throw new Error("dist is older than its sources: run 'npm run build' first.");
}

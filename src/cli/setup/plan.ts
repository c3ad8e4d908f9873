import type { GitHubState } from './github.ts';
import type { PreviousSet, Target } from './saved-set.ts';
import type { InputName } from '../../request/schema.ts';
import type { Value } from '../values.ts';

/** Everything that the steps after the first need. */
export interface Plan {
  /** Changes if Sprinklr rejects the API secret and the user corrects it. */
  readonly values: Map<InputName, Value>;
  readonly target: Target;
  readonly previous: PreviousSet | undefined;
  readonly github: GitHubState | undefined;
}

import type { GitHubState } from './github.ts';
import type { PreviousSet, Target } from './saved-set.ts';
import type { SetupValues } from './values.ts';

/** Everything that the steps after the first need. */
export interface Plan {
  readonly values: SetupValues;
  readonly target: Target;
  readonly previous: PreviousSet | undefined;
  readonly github: GitHubState | undefined;
}

/** A response without `state` that only the user can tell from a stranger's. */
export class Confirmation {
  #answer: ((isTheirs: boolean) => void) | undefined;
  #interruption = new AbortController();

  /** Aborts when there is something to ask the user. */
  get interruption(): AbortSignal {
    return this.#interruption.signal;
  }

  /** Waits for the user's answer. False at once while another response waits for it. */
  request(): Promise<boolean> {
    if (this.#answer !== undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#interruption.abort();
    });
  }

  answer(isTheirs: boolean): void {
    this.#answer?.(isTheirs);
    this.#answer = undefined;
    this.#interruption = new AbortController();
  }
}

// What goes wrong in a soak, drawn by a seed, and how the runs that meet it have to end.

/** Of a hundred requests, so many meet a fault. */
const FAULT_CHANCE = 0.1;
/** What is out of order often stays so: the next try after a fault meets another one as likely as not. */
const LASTING_CHANCE = 0.5;
/** The runs at once are told to try this often, more than there are faults to be tried again after. */
const ATTEMPTS_TOGETHER = 10;

/**
 * Faults in the words of `simulate --fault`, each with what the table of answers in interface.md says to it: the error
 * code of a run that it ends (none where all is well all the same), and whether the call is tried again before that.
 * `alone`: only for runs in a row, where it cannot fall to another run or lose a token on its way.
 */
const FAULTS = [
  ...answers('CREDENTIALS_REJECTED', ['400', '401']),
  ...answers('PERMISSION_DENIED', ['403']),
  ...answers('NOT_FOUND', ['404', '596']),
  ...answers('ENVIRONMENT_MISMATCH', ['421']),
  ...answers('REDIRECTED', ['redirect:https://elsewhere.example/login']),
  ...answers('RESPONSE_INVALID', ['405', '411', '415', 'html', 'garbage', 'giant', 'not-http']),
  ...answers('RESPONSE_INVALID', ['body:{}', 'body:{"data":null,"errors":[{"message":"no"}]}']),
  ...answers('RATE_LIMITED', ['429', 'retry-after:0', 'retry-after:1'], { again: true }),
  ...answers('RATE_LIMITED', ['retry-after:3600']),
  ...answers('SERVER_ERROR', ['500', '502', '503', '504'], { again: true }),
  ...answers('NETWORK_UNREACHABLE', ['reset'], { again: true }),
  ...answers('NETWORK_UNREACHABLE', ['cut'], { again: true, alone: true }),
  ...answers('TIMED_OUT', ['hang'], { alone: true }),
  ...answers(undefined, ['drip:1']),
  // Refused for its time, signed once more by the server's clock, which is right again from then on.
  ...answers(undefined, ['clock:-120'], { then: 'clock:0', alone: true, endpoint: 'apptoken' }),
];

function answers(code, faults, more = {}) {
  return faults.map((fault) => ({ fault, code, again: false, ...more }));
}

/** Mulberry32: the same numbers from 0 up to 1 for the same seed. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * One run of many in a row: its inputs, what each of its requests meets (`none` for nothing), and the error code it has
 * to end with, if any.
 */
export function planRun(random) {
  const endpoints = random() < 0.5 ? ['apptoken', 'me'] : ['apptoken'];
  const attempts = pick([1, 2, 3], random);
  const requests = [];
  let code;
  for (const endpoint of endpoints) {
    code = planCall({ endpoint, attempts, requests, random });
    if (code !== undefined) break;
  }
  const parametersIn = pick(['query', 'body'], random);
  return { inputs: inputsFor({ endpoints, parametersIn, attempts, requests }), requests, code };
}

/** A run for each fault there is, in the shape of planRun. */
export function planEach() {
  return FAULTS.map((each) => {
    const endpoints = ['apptoken'];
    const requests = requestsThatMeet(each, 'apptoken');
    const inputs = inputsFor({ endpoints, parametersIn: 'query', attempts: 1, requests });
    return { inputs, requests, code: each.code };
  });
}

function inputsFor({ endpoints, parametersIn, attempts, requests }) {
  return {
    verify: String(endpoints.includes('me')),
    'parameters-in': parametersIn,
    'max-attempts': String(attempts),
    // The least that can be asked for: whoever meets a request that hangs waits for all of it.
    ...(requests.some(({ fault }) => fault === 'hang') && { 'timeout-seconds': '5' }),
  };
}

function requestsThatMeet({ fault, then }, endpoint) {
  return [fault, ...(then === undefined ? [] : [then])].map((each) => ({ endpoint, fault: each }));
}

function planCall({ endpoint, attempts, requests, random }) {
  for (let attempt = 1, chance = FAULT_CHANCE; ; attempt++, chance = LASTING_CHANCE) {
    if (random() >= chance) {
      requests.push({ endpoint, fault: 'none' });
      return undefined;
    }
    // After a wait for another try, the step's time could be up before that of the request that hangs.
    const untroubled = requests.every(({ fault }) => fault === 'none');
    const possible = FAULTS.filter((each) => (each.endpoint ?? endpoint) === endpoint);
    const drawn = pick(
      possible.filter((each) => each.fault !== 'hang' || untroubled),
      random,
    );
    requests.push(...requestsThatMeet(drawn, endpoint));
    if (!drawn.again || attempt === attempts) return drawn.code;
  }
}

/**
 * Runs at once with one API key. Which of them meets a fault is nobody's to say, so this is what they have to come to
 * together: how many requests, and how many runs that end with each code. Exact, because no run can meet so many faults
 * that it gives up, and all faults lie within the requests that there are at least.
 */
export function planTogether(runs, random) {
  const faults = Array.from({ length: runs }, () => 'none');
  const codes = {};
  let again = 0;
  for (const place of shuffled([...faults.keys()], random).slice(0, Math.round(runs * FAULT_CHANCE))) {
    const possible = FAULTS.filter((each) => !each.alone && !(each.again && again === ATTEMPTS_TOGETHER - 1));
    const drawn = pick(possible, random);
    faults[place] = drawn.fault;
    if (drawn.again) again += 1;
    else if (drawn.code !== undefined) codes[drawn.code] = (codes[drawn.code] ?? 0) + 1;
  }
  return {
    inputs: { 'max-attempts': String(ATTEMPTS_TOGETHER) },
    requests: faults.map((fault) => ({ endpoint: 'apptoken', fault })),
    total: runs + again,
    codes,
  };
}

/** The flags of `simulate` for faults in this order. */
export function faultFlags(requests) {
  const flags = [];
  for (const endpoint of ['apptoken', 'me']) {
    const stretches = [];
    for (const { fault } of requests.filter((request) => request.endpoint === endpoint)) {
      const last = stretches.at(-1);
      if (fault === 'none' && last?.fault === fault && last.times < 1000) last.times += 1;
      else stretches.push({ fault, times: 1 });
    }
    for (const { fault, times } of stretches)
      flags.push(`--fault=${endpoint}=${fault}${times > 1 ? `x${times}` : ''}`);
  }
  return flags;
}

function pick(choices, random) {
  return choices[Math.floor(random() * choices.length)];
}

/** Fisher and Yates. */
function shuffled(items, random) {
  for (let left = items.length; left > 1; left--) {
    const chosen = Math.floor(random() * left);
    [items[left - 1], items[chosen]] = [items[chosen], items[left - 1]];
  }
  return items;
}

// The one assertion of the cases: both are the same JSON.

export function equal(found, wanted) {
  const [a, b] = [found, wanted].map((value) => JSON.stringify(value, null, 1));
  if (a !== b) throw new Error(`found ${a}, wanted ${b}`);
}

// Which letter a key means, on whatever keyboard. Pure.

/** The letter that is written on the key; where that isn't a Latin one, the letter that stands there on most keyboards.
 * @param {{key: string, code: string}} event */
export const letterOf = ({ key, code }) => (/^\p{Script=Latin}$/u.test(key) ? key.toUpperCase() : code.replace("Key", ""));

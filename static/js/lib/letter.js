// Which letter a key means, on whatever keyboard. Pure.

/** Whether Option and a key write something, as @ does in Spain and Sweden. @param {{key: string, altKey: boolean}} event @param {string} platform */
export const isOptionSign = ({ key, altKey }, platform = navigator.platform) => altKey && platform.startsWith("Mac") && [...key].length === 1;

/** The letter that is written on the key; where that isn't a Latin one, the letter that stands there on most keyboards.
 * @param {{key: string, code: string}} event */
export const letterOf = ({ key, code }) => (/^\p{Script=Latin}$/u.test(key) ? key.toUpperCase() : code.replace("Key", ""));

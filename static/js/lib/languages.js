// The languages that code is coloured in: what they are called, and what their words, texts and remarks look like. Pure data.

/** @param {string} text */
const words = (text) => new Set(text.split(" "));

const quoted = String.raw`"(?:[^"\\\n]|\\.)*"?`;
const single = String.raw`'(?:[^'\\\n]|\\.)*'?`;
const letter = String.raw`'(?:[^'\\\n]|\\[^\n]{1,9}?)'`; // one sign: in C, Java, Rust a single tick stands for other things, too
const slashes = String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`;

const ofC = "auto break case const continue default do else enum extern for goto if inline register restrict return sizeof static struct switch typedef union volatile while";
const typesOfC = "bool char double float int long short signed size_t unsigned void int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t FILE NULL true false";
const ofScript = "as async await break case catch class const continue debugger default delete do else export extends finally for from function get if import in instanceof let new of return set static super switch this throw try typeof var void while with yield";
const typesOfScript = "Array Boolean Date Error JSON Map Math Number Object Promise RegExp Set String console document false null true undefined window";

/** remark, text: what they are; words, types: those that are marked; `any`: letters of both cases are one; `more`: other things by name.
 * @typedef {{name: string, remark?: string, text?: string, words: Set<string>, types: Set<string>, any?: boolean, more?: Record<string, string>}} Language
 * @type {Record<string, Language>} */
export const languages = {
  bash: {
    name: "Bash", remark: String.raw`(?<![^\s;])#[^\n]*`, text: `"(?:[^"\\\\]|\\\\[\\s\\S])*"?|'[^']*'?`,
    more: { name: String.raw`\$(?:\w+|\{[^}\n]*\}?|[?#@*!$])` },
    words: words("case do done elif else esac fi for function if in local readonly return select then until while export"),
    types: words("cat cd chmod cp curl cut echo exit git grep head kill ls mkdir mv pip printf ps pwd python python3 rm sed set sort source sudo tail test touch tr wc"),
  },
  c: { name: "C", remark: slashes, text: `${quoted}|${letter}`, more: { mark: String.raw`(?<=^|\n)[ \t]*#[ \t]*\w+` }, words: words(ofC), types: words(typesOfC) },
  cpp: {
    name: "C++", remark: slashes, text: `${quoted}|${letter}`, more: { mark: String.raw`(?<=^|\n)[ \t]*#[ \t]*\w+` },
    words: words(`${ofC} alignas catch class concept constexpr consteval decltype delete explicit export final friend mutable namespace new noexcept operator override private protected public requires template this throw try typename using virtual`),
    types: words(`${typesOfC} array cerr cin cout endl map nullptr optional pair set shared_ptr std string string_view tuple unique_ptr vector wchar_t`),
  },
  csharp: {
    name: "C#", remark: slashes, text: String.raw`[$@]{0,2}"(?:[^"\\\n]|\\.)*"?|${letter}`, more: { mark: String.raw`(?<=^|\n)[ \t]*#\w+` },
    words: words("abstract as async await base break case catch class const continue default delegate do else enum event explicit extern finally fixed for foreach get goto if implicit in init interface internal is lock namespace new operator out override params private protected public readonly record ref return sealed set sizeof static struct switch this throw try typeof unchecked unsafe using var virtual volatile when where while yield"),
    types: words("bool byte char decimal double dynamic float int long object sbyte short string uint ulong ushort void Console DateTime Dictionary Exception IEnumerable List Math String Task true false null"),
  },
  css: { name: "CSS", remark: String.raw`\/\*[\s\S]*?(?:\*\/|$)`, text: `${quoted}|${single}`, words: words(""), types: words("") },
  go: {
    name: "Go", remark: slashes, text: `${quoted}|\`[^\`]*\`?|${letter}`,
    words: words("break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var"),
    types: words("any bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr append cap close copy delete fmt len make new nil panic print println recover true false iota"),
  },
  html: { name: "HTML", words: words(""), types: words("") },
  java: {
    name: "Java", remark: slashes, text: `"""[\\s\\S]*?(?:"""|$)|${quoted}|${letter}`, more: { mark: String.raw`@\w+` },
    words: words("abstract assert break case catch class const continue default do else enum extends final finally for goto if implements import instanceof interface native new package permits private protected public record return sealed static strictfp super switch synchronized this throw throws transient try var volatile while yield"),
    types: words("boolean byte char double float int long short void ArrayList Boolean Double Exception HashMap Integer List Long Map Math Object Override Set String StringBuilder System true false null"),
  },
  javascript: { name: "JavaScript", remark: slashes, text: `${quoted}|${single}|\`(?:[^\`\\\\]|\\\\[\\s\\S])*\`?`, words: words(ofScript), types: words(typesOfScript) },
  json: { name: "JSON", text: quoted, words: words("true false null"), types: words("") },
  python: {
    name: "Python", remark: "#[^\\n]*", more: { mark: String.raw`(?<=^|\n)[ \t]*@[\w.]+` },
    text: String.raw`[rRbBfFuU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|${quoted}|${single})`,
    words: words("and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield"),
    types: words("False None True abs all any bool bytes dict enumerate Exception filter float input int isinstance len list map max min open print range reversed round self set sorted str sum super tuple type zip"),
  },
  rust: {
    name: "Rust", remark: slashes, text: `b?${quoted}|${letter}`, more: { mark: String.raw`#!?\[[^\]\n]*\]?`, name: String.raw`'[a-z_]\w*(?!')` },
    words: words("as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return self static struct super trait type unsafe use where while"),
    types: words("bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize Box Err HashMap None Ok Option Rc Result Self Some String Vec false true println format vec"),
  },
  sql: {
    name: "SQL", any: true, remark: String.raw`--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`, text: `'(?:[^']|'')*'?|"[^"\\n]*"?`,
    words: words("add all alter and as asc begin between by case check column commit constraint create cross database default delete desc distinct drop else end except exists foreign from full group having if in index inner insert intersect into is join key left like limit not null offset on or order outer primary references replace returning right rollback select set table then to trigger union unique update using values view when where with"),
    types: words("avg bigint blob boolean char coalesce count date datetime decimal float int integer max min now numeric real serial sum text time timestamp varchar true false"),
  },
  typescript: {
    name: "TypeScript", remark: slashes, text: `${quoted}|${single}|\`(?:[^\`\\\\]|\\\\[\\s\\S])*\`?`, more: { mark: String.raw`@\w+` },
    words: words(`${ofScript} abstract declare enum implements interface keyof namespace private protected public readonly satisfies type`),
    types: words(`${typesOfScript} any bigint boolean never number object string symbol unknown Partial Pick Readonly Record`),
  },
};

/** @type {Record<string, string>} */
const others = {
  "c#": "csharp", "c++": "cpp", cc: "cpp", cs: "csharp", cxx: "cpp", golang: "go", h: "c", hpp: "cpp", htm: "html", js: "javascript", jsonc: "json",
  jsx: "javascript", mjs: "javascript", mysql: "sql", postgres: "sql", py: "python", py3: "python", python3: "python", rs: "rust", sh: "bash", shell: "bash", sqlite: "sql",
  svg: "html", ts: "typescript", tsx: "typescript", xml: "html", zsh: "bash",
};

/** The key of a language that somebody calls so, or null. @param {string} called */
export function keyOf(called) {
  const name = called.toLowerCase();
  const key = others[name] ?? name;
  return Object.hasOwn(languages, key) ? key : null;
}

/** What it is called; a language that isn't known is called as it was written. @param {string} called */
export const languageName = (called) => languages[keyOf(called) ?? ""]?.name ?? called;

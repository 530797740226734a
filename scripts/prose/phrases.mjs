/**
 * Phrases that readers of technical English do not expect, with plain alternatives. In the comments
 * of well-known projects, `STRICT` occurs at most twice in 10,000 words, and `WIDE` about once in
 * 1,000 words.
 */

/** @typedef {{ pattern: RegExp, say: string }} Phrase */

const END = "(?=[,.;:)?!]|$)";

/** @param {string} source @param {string} say @param {string} [flags] @returns {Phrase} */
function phrase(source, say, flags = "gi") {
  return { pattern: new RegExp(source, flags), say };
}

/** @type {Phrase[]} */
export const STRICT = [
  phrase(String.raw`\bbelongings\b`, "ownership, owned models"),
  phrase(String.raw`\bwho(?:so)?ever\b|\bwhomever\b`, "name the actor: the caller, the server"),
  phrase(String.raw`\b(?:no|some)body\b`, "name the actor"),
  phrase(String.raw`\bwhat(?:'s| is| was| it is) for\b`, "name the thing: widget messages"),
  phrase(String.raw`\bso (?:many|much)\b`, "the number, at most N"),
  phrase(
    String.raw`(?:\bof )?\b(?:its|their|our|my|his|your|one's|\w+'s?|\w+s') own(?:${END}| (?:and|or|but|is|are|was|were|to|of|for|with|from|as|at|on|by|in|that|which|when|has|have|does|do|comes?|goes)\b)|\bown ones?\b`,
    "its own X, a separate X; repeat the noun",
  ),
  phrase(
    String.raw`\b(?:is|are|was|were|be|been|being|gets?|got|not)(?: \w+ly)? taken\b(?! (?:from|into|by|care|place|over)\b)`,
    "accepted, supported, applied",
  ),
  phrase(String.raw`\bhears?\b|\bheard\b`, "is notified, receives"),
  phrase(String.raw`\bstrangers?\b`, "foreign, unknown"),
  phrase(String.raw`\bspoken\b`, "supported"),
  phrase(String.raw`\bbears?\b(?! in mind)|\bborne\b`, "has, carries, contains"),
  phrase(String.raw`\b(?:in|take|takes|taking|took) the place of\b`, "instead of, replaces"),
  phrase(
    String.raw`(?<=\w )(?:is|are|was|were|be|been|being)(?: \w+ly| still| not| always| yet| now)? there(?:${END}| (?:once|when|while|now|before|already|first|yet|until|in|on|for|to|by|and|or|too|as)\b)`,
    "exists, is available, is loaded",
  ),
  phrase(String.raw`\bnot there\b|\bthere once\b`, "missing, after it loads"),
  phrase(String.raw`\bthat which\b`, "the X that"),
  phrase(String.raw`\bought\b`, "must, should"),
  phrase(String.raw`\b(?:is|are|was|were|be|been) told of\b`, "is notified of, receives"),
  phrase(String.raw`\blet(?:s|ting)? go of\b`, "releases"),
  phrase(String.raw`\bso that (?:it|they) may\b`, "so that it can"),
  phrase(String.raw`\bwhatever (?:it|they|that) (?:is|are|was)\b`, "any X"),
];

/** @type {Phrase[]} */
export const WIDE = [
  // Clauses where a noun is expected.
  phrase(
    String.raw`^(?:What|Who|Whatever|Whichever|Those|That which)\b(?!['’]s\b)(?=(?:\s+\S+){3})(?![^]*\?["”)]*$)`,
    "begin with a noun",
    "g",
  ),
  phrase("^Of (?!course)", "begin with the subject", "g"),
  phrase(String.raw`^So (?:do|does|is|are|did|was|were|has|have)\b`, "repeat the subject", "g"),
  phrase(
    String.raw`(?:[;:,] |\band |\bbut )what (?:is|was|has|had|comes|came|waits|stands|goes|went|belongs|it|they|one)\b`,
    "a noun",
  ),
  phrase(String.raw`\b(?:to|for|by|of|from|than|and) who\b`, "name the actor"),
  phrase(String.raw`\b(?:what(?:ever)?|whichever) (?:way|it|they|the)\b[^?]*[,;]`, "a noun", "g"),
  phrase(String.raw`\bthose (?:that|of|who|which|with|without|in|from|for|on|below)\b`, "the noun"),
  phrase(String.raw`(?<!\b(?:than|similar to|as|like|to) )\bthat of\b`, "repeat the noun"),
  phrase(
    String.raw`\ball (?:that|those|who)\b(?! (?:remains|matters)\b)`,
    "every X, everything that",
  ),
  phrase(String.raw`\bsuch an? (?!way|case|manner)`, "this X, an X like that"),
  phrase(String.raw`\b(?:any|every)body\b`, "name the actor"),
  phrase(String.raw`\b(?:ours|theirs|mine|hers)\b`, "repeat the noun"),
  phrase(String.raw`\bof (?:the |a |an |its |this |that )?\w+'s${END}`, "the page's X"),
  // Verbs and idioms with a plainer word.
  phrase(
    String.raw`\btold\b|\btells? (?:of|it|its|them|whether|which|what|how)\b`,
    "notified, reports",
  ),
  phrase(String.raw`\b(?:know|knows|knew|known|knowing) of\b(?! any\b)`, "names, is aware of"),
  phrase(String.raw`\bgo(?:es)? further\b|\bgo(?:es)? on\b|\bwent on\b`, "continues"),
  phrase(
    String.raw`\b(?:has|have|had) (?:not |yet |once |also |already |just |all )*come\b(?! (?:to|up|from|with|a long))`,
    "has arrived, was received",
  ),
  phrase(
    String.raw`\bas (?:it|they) (?:comes?|came|is|are|was|were)(?:${END}| (?:now|and)\b)`,
    "unchanged",
  ),
  phrase(
    String.raw`\bsay(?:s|ing)? (?:what|which|why|how|so|nothing|where|when|of)\b|\bit says\b|\bnothing is said\b`,
    "names, states, explains, logs",
  ),
  phrase(
    String.raw`(?<!\bhow \w+ )\b(?:is|are|was|were) to (?:be|have|take|do|go|come|stand|get|keep|show|stay|wait|last|say|live)\b`,
    "must, will",
  ),
  phrase(String.raw`\bbegun\b|\bbegan\b|\bbegins? anew\b`, "started"),
  phrase(String.raw`\banew\b`, "again"),
  phrase(String.raw`\bat once\b`, "immediately, at the same time"),
  phrase(String.raw`\bas long as\b`, "while, if"),
  phrase(
    String.raw`(?<!\b(?:all|both|each|most|some|none|many|either|any|one|neither|two) )\bof which\b`,
    "split the sentence",
  ),
  phrase(
    String.raw`\bbe it\b|\blest\b|\bthere(?:of|in|upon|with)\b|\bwhere(?:in|upon)\b`,
    "plain words",
  ),
  phrase(
    String.raw`\b(?:stands?|stood)\b(?! (?:for|alone|out|by|up|down)\b)`,
    "is, is defined in, is placed",
  ),
  phrase(
    String.raw`\b(?:a|its|their|each|every|whose|no|such|long) waits?\b(?! (?:for|until|time)\b)`,
    "timeout, delay",
  ),
  phrase(String.raw`\bno more(?:${END}| (?:is|are|of|comes?)\b)`, "no longer, nothing else"),
  phrase(String.raw`\bfor good${END}`, "permanently"),
  phrase(String.raw`\bin vain\b`, "without result; timed out"),
  phrase(String.raw`\bset(?:s|ting)? off\b`, "triggers, causes"),
  phrase(String.raw`\bin force\b`, "active"),
  phrase(String.raw`\bdo(?:es)? without\b`, "does not need"),
  phrase(String.raw`\bof (?:no |any )?(?:use|interest)${END}`, "useless, unused"),
  phrase(String.raw`\bin the midst\b|\bamidst?\b|\bamong(?:st)? them\b`, "during, including"),
  phrase(String.raw`\bmakes? of (?:it|them|its|the|a)\b`, "converts to"),
  phrase(String.raw`\bbr(?:ing|ings|ought|inging) (?:\w+ )?(?:about|along)\b`, "causes, includes"),
  phrase(String.raw`[,;] else\b|\bor else\b`, "otherwise"),
  phrase(String.raw`\bput (?:right|off)\b|\bmend(?:s|ed|ing)?\b`, "fix, repair, defer"),
  phrase(String.raw`\bnothing of\b|\bsomething of\b`, "no X"),
  phrase(
    String.raw`\b(?:is|are|was|were) of (?:that|a|an|its|no|one|another|which|other)\b(?! (?:type|form|kind)\b)`,
    "has, belongs to",
  ),
  phrase(
    String.raw`\b(?:is|are|has|have|was|were|be|gets?|makes?|had|get) none\b`,
    "has no X",
    "g",
  ),
  phrase(String.raw`\b(?:more|nothing|what) (?:is|was) said\b`, "logs, names"),
  phrase(
    String.raw`(?<!\bthere )\b(?:is|are|was|were) no (?!longer|more|match|way|other|less|such)\w+${END}`,
    "is not a X",
  ),
  phrase(
    String.raw`\b(?:is|are|stays?|remains?|left it|leaves it) so${END}`,
    "repeat the adjective",
  ),
  phrase(String.raw`\bsought\b|\bseeks?\b`, "looked up, requested"),
  phrase(String.raw`\bto whom\b|\bby whom\b|\bof whom\b`, "name the actor"),
  phrase(String.raw`\bunder way\b|\bon (?:its|the|their) way\b`, "pending, in progress, sent"),
  phrase(String.raw`\bin (?:its|their) (?:place|stead)\b`, "instead"),
  phrase(String.raw`\b(?:by|in) (?:which|whichever|that) way\b|\bwhichever\b`, "how; any X"),
  phrase(String.raw`\bbut for\b`, "except for"),
  phrase(
    String.raw`\bthinn(?:ed|ing)\b|\brivals?\b|\btruth values?\b`,
    "throttled; the stock client; boolean",
  ),
  phrase(
    String.raw`\b(?:without|with) a (?:word|trace)\b|\bnot a word\b|\ba word of\b`,
    "silently, logs nothing",
  ),
  phrase(
    String.raw`\bmany a\b|\bafresh\b|\bheretofore\b|\bhitherto\b|\bhenceforth\b`,
    "plain words",
  ),
  phrase(
    String.raw`\b(?:it|they|which|that) (?:is|are) (?:then )?(?:done|over) with\b`,
    "finished",
  ),
  phrase(String.raw`\bbeside\b`, "next to, with"),
  phrase(String.raw`\bcannot but\b|\bnothing but\b|\bkeeps? but\b|\bis but\b`, "only"),
  phrase(String.raw`\bcalled off\b|\bcall(?:s)? (?:it|them) off\b`, "cancelled"),
  phrase(String.raw`\b(?:is|are|was|were) (?:still |yet )?to come\b|\byet to come\b`, "pending"),
  phrase(String.raw`\bto be (?:had|seen of|found nowhere)\b|\bnowhere\b`, "missing, not available"),
];

/** The starts of test names without a subject. */
export const FRAGMENT =
  /^(?:that|of|whose|which|who|what|are|is|were|was|have|has|none|nor|than|as|with|without|because)\b/;

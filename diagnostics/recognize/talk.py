"""Tells an error that happened from words about errors: documentation, code, commands, hypotheses.

A false answer in a channel costs more trust than a missed one, yet people also quote an error inside a sentence.
So: the marks of a machine (a request ID, a time stamp, a stack frame) always mean that it happened; without them,
code around the words or a hypothetical sentence around them mean that it did not.
"""

from __future__ import annotations

from diagnostics.recognize.linear import compile_pattern

_MACHINE = compile_pattern(
    r"request ?id[\"']?[:=> ]{1,4}[\"']?[0-9a-f]{8}-|status code: \d{3}, request id: \w"
    r"|\(Service: |StatusCode: \d{3}"
    r"|<RequestId>|<ErrorResponse|<Code>|^\W{0,4}[\w.]{0,100}(?:Error|Exception): An error occurred"
    r"|^\W{0,4}\d?An error occurred \("
    r"|^[EIWF]\d{4} \d\d:|^\W{0,3}\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|level=(?:error|warn|fatal)"
    r"|\"level\": ?\"(?:error|warn|fatal|ERROR|FATAL|WARN)|^\W{0,3}(?:Warning|Normal) "
    r"|rpc error: code|\bE/\w|[Cc]aused by: [A-Za-z.]{1,80}(?:Exception|Error): ",
)
_CODE = compile_pattern(
    r"\blike [/'\"]|\b(?:grep|egrep|rg|awk|jq|zgrep)\b|filter-pattern|\|[=~] ?[\"']|errors?\.New\(|awserr\.New"
    r"|Errorf\(|throw new |new Error\("
    r"|\bassert|\bexpect\(|toThrow|[cC]ontains\(|includes\(|\.match\(|[!=]==? ?[\"']"
    r"|^[+-]? ?(?:const|var|let|func|def|import|class|case) "
    r"|\braise [A-Z]\w+\(|print(?:ln|f)?\(|panic\(|\blog(?:ger)?\.\w+\(|re\.compile"
    r"|has_?[pP]refix|\.startswith\("
    r"|^[+-]? ?//|^[+-]? ?\* @|message_contains|\bexpr: |errors\.Is\(|strings\."
    r"|\becho [\"']|errorCode ?= ?[\"']|\bWHERE\b|stats count"
    r"|\bgit commit\b|commit -m|\bindex=[\w*-]+ |/(?:issues|pull|discussions)/\d+"
    r"|match: |pattern: |regex: |\braw_?message\b|^\W{0,4}curl |--request GET --url",
)
_COMMAND_AFTER = compile_pattern(
    r"^[^\n]{0,80}(?:[\"'/] ?\| ?(?:wc|head|tail|sort|timechart|stats|count|table|where|json"
    r"|logfmt)\b|\bin (?:err|msg|str\())"
)
_HYPOTHETICAL = compile_pattern(
    r"(?i)\b(?:if|whenever|unless|in case|suppose|for example|e\.g|such as|something like"
    r"|looks? like this|would|otherwise"
    r"|you(?:'ll| will| may| might| can| could| should)? (?:get|see|receive|hit|encounter"
    r"|run into|face)"
    r"|(?:may|might|could|can|will|should) (?:see|get|return|fail|receive|be|throw|cause|result"
    r"|happen|occur)"
    r"|documentation|the docs|docs say|runbook|article|blog|tutorial|troubleshoot\w*|common (?:errors?"
    r"|causes?)|symptoms?:?"
    r"|(?:chang|renam|reword|replac)\w* (?:the|its|their|this) (?:error )?(?:message|text|words|wording|error)s?"
    r"|dashboards? (?:for|of)|answers? on|no more|questions?:|causes? of|teach|retry on|words for"
    r"|alert rules?|error messages? (?:like|such|from|for)"
    r"|answers? with|STS (?:returns|answers|responds)|returns? (?:an? )?(?:error|403|400)"
    r"|fails? with (?:an? )?(?:error|the))\b",
)
_EXPLAINED = compile_pattern(
    r"(?i)^[\w:.'\"` ]{0,30}\b(?:means|indicates?|implies|usually|typically|(?:happens|occurs"
    r"|appears|shows up|is returned|is thrown|is raised|comes)"
    r" (?:when|if|because|from)|(?:can|could|may|might) be (?:caused|due|because)|is (?:caused"
    r"|usually|often)"
    r"|error (?:means|usually|occurs|happens|indicates|is (?:caused|usually|returned|thrown"
    r"|what))|errors? (?:means?|are|can|will be)"
    r"|if (?:you|your|the|a|an|it|its|this|that|there|no|one|any)\b|unless )",
)
_OVER = compile_pattern(
    r"(?i)\b(?:was|were|is|are|got|been|have|has|just|finally|we|I) (?:fixed|resolved|solved"
    r"|gone)|\b(?:fixed|resolved|solved) (?:the|our|that|it|this|a)\b"
    r"|\bfix(?:es|ed)? (?:for|#\d)|\b(?:changelog|release notes)\b|(?:^|: |- |\* )fix(?:ed|es)? "
    r"|no longer|used to (?:get|see|fail)|\b(?:last|a few) (?:week"
    r"|month|year|quarter)s?\b|post-?mortem"
    r"|[(\[](?:solved|fixed|resolved|closed|done)[)\]]"
    r"|\bIssue #\d|\bPR #\d|\bpull request\b",
)
_ABOUT_WORDS = compile_pattern(
    r"(?i)\b(?:articles?|blog(?: posts?)?|docs?|documentation|explanations?|write-?ups?|tutorials?|tickets?|videos?)"
    r" (?:about|on|for|of|that explains?)\b"
    r"|\b(?:panels?|dashboards?|metrics?|alerts?|monitors?|tests?) (?:for|of|on|named|called|\")"
    r"|\b(?:this|the|that|my|our) (?:change|commit|patch|PR|MR|release|pull request|ticket) "
    r"|\b(?:clos|resolv|fix|clarif|improv|chang|handl|catch|detect|translat)\w* "
    r"(?:#\d|the (?:error|message|text|wording|words))"
    r"|(?:^|\W)(?:new feature|feature request|feat(?:ure)?|docs?|chore|tests?|refactor|proposal|idea|todo|thrown)"
    r"(?:\([\w-]{0,30}\))?(?:: | (?:if|when)\b)"
    r"|\bwhat (?:do|does|is|are) ",
)
"""Who speaks of the words as words: nobody has the failure."""
_REFERENCE = compile_pattern(r"^[^\n]{0,130}HTTP Status Code: [45]\d\d")
"""How the API reference ends the description of an error."""
_MEANS = compile_pattern(r"(?i)^[^\n]{0,40}\bmeans?\b")
_SPEAKER = compile_pattern(
    r"(?i)\b(?:I'm|I am|I've|I get|I got|I keep|I see|we're|we are|we've|we get|we got|we keep"
    r"|we see|my|our|getting|seeing|hitting"
    r"|keeps?|anyone|help|please|pls|why|stuck|still|now|suddenly|since)\b",
)
_SENTENCE_ENDS = (". ", "? ", "! ", "; ")
_BEFORE, _AFTER = 220, 140


def machine_wrote(text: str) -> bool:
    """Tell whether a text bears the marks of a machine. Reads at most 4,000 characters."""
    return _MACHINE.search(text[:4000]) is not None


def is_talk(line: str, start: int, end: int, *, machine: bool = False) -> bool:
    """Tell whether the words between two columns of a line only speak of an error.

    Args:
        line: The plain line.
        start: Where the error's words start.
        end: Where they end.
        machine: The log entry that the line belongs to bears a machine's marks.
    """
    if machine or machine_wrote(line[max(0, start - 300) : end + 300]):
        return False
    before = line[max(0, start - _BEFORE) : start]
    after = line[end : end + _AFTER]
    if _CODE.search(before) or _COMMAND_AFTER.search(after):
        return True
    opening = max(
        (before.rfind(mark) + len(mark) for mark in _SENTENCE_ENDS if mark in before), default=0
    )
    sentence = before[opening:]
    if _of_words(sentence, after):
        return True
    if _EXPLAINED.search(after):
        return not _SPEAKER.search(sentence)
    if _OVER.search(sentence) or _OVER.search(after):
        return "still" not in sentence + after
    return bool(_HYPOTHETICAL.search(sentence)) and not _SPEAKER.search(sentence)


def _of_words(sentence: str, after: str) -> bool:
    """Tell whether somebody speaks of the words as words: an article, a test, a dashboard, a definition."""
    about = _ABOUT_WORDS.search(sentence)
    if about is None:
        return _REFERENCE.search(after) is not None
    return not about[0].lower().startswith("what ") or _MEANS.search(after) is not None

"""The rules by which words are read: what people say for each thing that they may want, in English and some German, French and Spanish.

A pattern is held against the words as `said` gives them: lower case, one blank between words, no politeness in front, no full stop behind.
"""

import re
import unicodedata
from functools import cache
from typing import Final, Literal

Sense = Literal[
    "resume",
    "discuss",
    "meta",
    "discover",
    "question",
    "build",
    "metric",
    "improve",
    "small",
    "new",
    "made",
    "scored",
    "raised",
    "described",
    "publish",
]


def _any(*patterns: str) -> str:
    return "|".join(f"(?:{each})" for each in patterns)


# In front of what somebody wants, as often as they say it.
_POLITE: Final = _any(
    r"(?:please|pls|hey|ok(?:ay)?|so|well|now|then|and|also|great|nice|cool|thanks|perfect|yes|yeah|yo|just|first|hmm|oh"
    r"|(?:looks|sounds) (?:good|great|fine)(?: to me)?|lgtm|claude|codex)[,!.]? (?=\S)",
    r"(?:let'?s|lets|let us) (?!(?:first |just |quickly )?(?:think|talk|discuss|brainstorm|sketch|explore|design|plan|consider|chat|figure|pick))",
    r"(?:(?:can|could|would|will) (?:you|u)|(?:can|could) we) (?:please |just |kindly |maybe )*"
    r"(?:have a go at |try to |help me (?:to )?(?!think|design|plan|figure))?(?=\w)",
    r"(?:i(?:'d| would)? (?:want|need|like|love)|we (?:want|need|should|must|could)|i'd (?:like|love)|let me|you (?:should|could|can))"
    r"(?: you| us| it)?(?: to(?: have)?)? (?!(?:an?|some|the) )",
    r"(?:what if (?:we|you|i)|how about|what about|why don't (?:we|you)|why not|have a go at|go and|try to|try and) ",
    r"(?:bitte|mal|und|also|jetzt|dann|danke|gut)[,!.]? (?=\S)",
    r"(?:kannst|könntest|würdest) du (?:bitte |mal |vielleicht )*",
    r"(?:wie wäre es(?: mit)?|warum nicht|ich möchte,? dass du) ",
    r"(?:s'il te plaît|s'il vous plaît|stp|svp|merci|alors|et|maintenant)[,!.]? (?=\S)",
    r"(?:peux-tu|pourrais-tu|pouvez-vous|tu peux|et si (?:on|tu)) ",
    r"(?:por favor|y|ahora|gracias|vale|bueno)[,!.]? (?=\S)",
    r"(?:puedes|podrías|puede|podría|qué tal si|y si) ",
)
_SOME_QUESTIONS: Final = r"^(?:what if there|how about|what about|why not|why don't|wie wäre|warum nicht|et si|qué tal si|y si)\b"
LOOKED_AT: Final = 600  # characters: what is wanted stands at the beginning, and the patterns are slow on long texts
_COURTESY: Final = r"(?:can|could|would|will|kannst|könntest|würdest|peux|pourrais|pouvez|tu peux|puede|podr)"

_MAKE: Final = (
    r"(?:build|creat(?:e|ing)|make|write|develop|implement|design|code|craft|construct|set up|generate|scaffold|bootstrap|whip up|put together|start"
    r"|bau(?:e|en)?|erstell(?:e|en)?|schreib(?:e|en)?|entwick(?:le|eln)|programmier(?:e|en)?|mach(?:e)?"
    r"|crée[rz]?|creer?|construis|construire|fais|développe[rz]?|écris|réalise"
    r"|crear?|construye|construir|haz(?:me)?|hacer|desarroll(?:a|ar)|escrib(?:e|ir)|program(?:a|ar))"
)
# What is a product of its own, and never part of another one.
_PRODUCT: Final = (
    r"(?:apps?|applications?|web ?sites?|sites?|homepages?|games?|bots?|blogs?|shops?|saas|start-?ups?|clones?|portfolios?|projects?|programs?"
    r"|compilers?|solvers?|harness(?:es)?|\w*anwendung|webseite|\w*seite|\w*spiel|programm|projekt|jeu|sites? web|page web|aplicación|página web"
    r"|sitio|juego|tienda|boutique|proyecto|projet)"
)
_A: Final = r"(?:an?|some|another|one|the|eine?n?|une?|una)"
_IT: Final = r"(?:it|this|that|these|the|my|our|its|everything|things?|all)"
_ALL_OF_IT: Final = (
    r"(?:it|this|the|my|our|its|a|bit|little|overall|whole|entire|general|source|code|quality|of|in|here|up|on|with|using|factory|project'?s?|repo"
    r"|repository|code ?base|package|library|lib|app|application|program|everything|things?|once|more|again|further|some|please"
    r"|health|now|today|stuff)"
)

_THE: Final = r"(?:(?:the|our|my|this|its|den|die|das|unser\w*|le|la|les|notre|el|los|las|nuestr[oa]) )?"
_TRIED: Final = (
    r"(?:solvers?|pipelines?|agents?|models?|harness(?:es)?|prompts?|classifiers?|strateg(?:y|ies|ien?)|parameters?"
    r"|löser|modell|modèle|modelo)"
)

_PULL: Final = r"(?:(?:pull|merge)[- ]requests?|prs?|mrs?)(?! templates?\b)"

RULES: Final[dict[Sense, str]] = {
    "publish": _any(
        rf"^(?:open|create|make|prepare|submit|send|raise|file|publish|draft|push|get|turn|mark)\b.{{0,60}}\b{_PULL}\b",
        rf"^(?:clean|draft|new) {_PULL}\b",
        rf"^(?:an? |the )?{_PULL} (?:for|of|with|from)\b", r"^(?:contribute|send|submit|push|offer|bring|publish)\b.{0,40}\bupstream\b",
        rf"^(?:öffne|erstelle|mach(?:e)?|stell(?:e)?|ouvre|crée|prépare|abre|crea|prepara|haz)\b.{{0,40}}\b{_PULL}\b",
    ),
    "resume": _any(
        r"^(?:just )?(?:go on|go ahead|continue|continuing|proceed|resume|carry on|keep (?:on )?going|keep on|move on|next(?: step)?|do it"
        r"|go(?: for it)?|(?:let'?s )?pick (?:this|it|things) (?:back )?up(?: again)?|(?:take|pick) (?:it|this|things) up|pick up where .*"
        r"|take up where .*|where (?:were|was) (?:we|i)|weiter|mach(?:e)? weiter|weitermachen|fahr fort|nächster schritt|continuez?|continuer"
        r"|reprends|reprenez|poursuis|on continue|sigue|seguir|sigamos|continúa|continua|continuar|adelante)(?: (?:now|then|please|with (?:it"
        r"|that|this|the (?:work|cycle|job|next step|experiment)|what you were doing)|from (?:there|here)|where .*|the (?:cycle|work"
        r"|experiment)|bitte|da|dort|damit|là|por favor|s'il te plaît|svp|adelante|ahí))*$",
    ),
    "discuss": _any(
        r"\b(?:want|like|love|need|prefer) to (?:first )?(?:talk|discuss|chat|think|brainstorm)\b",
        r"\b(?:don't|do not|no) (?:code|build|write|implement|change)\b.{0,20}\byet\b", r"\bthoughts\??$",
        r"^(?:first )?(?:a plan first|plan first|first a plan|a plan,)", r"\bagree on\b", r"^thinking (?:about|of)\b",
        r"\bhelp me (?:to )?(?:come up with|find an idea|choose|decide)\b",
        r"\b(?:let'?s|shall we|should we) (?:first |just |quickly )?(?:think|talk|discuss|brainstorm|sketch|explore|design|plan|consider|chat"
        r"|figure)\b",
        r"^(?:first )?(?:to )?(?:discuss|brainstorm|think (?:about|through|of|over)|talk (?:about|through|over)|chat (?:about|through)"
        r"|sketch (?:out )?|ideate)\b",
        r"^(?:help|let) me (?:to )?(?:think|figure out|plan|design|decide)\b", r"\b(?:help me|me) think (?:about|through)\b",
        r"\bthink (?:\S+ ){0,6}(?:through|over)\b",
        r"\bbefore (?:we |you |i |any |anything |anyone )?(?:build|cod|writ|implement|start|chang|touch)\w*",
        r"\b(?:i|we) (?:have|had|got) (?:an?|this|some)(?: \w+){0,2} ideas?\b", r"\b(?:rough|vague|crazy) idea\b",
        r"\bnot (?:\w+ )?sure (?:yet|what|how|whether|if|about)\b", r"^what if there\b", r"\b(?:my|our|the) options\b", r"\bidea first\b",
        r"\bdesign (?:session|mode)\b",
        r"\blass(?:t)? uns\b.*\b(?:reden|sprechen|nachdenken|überlegen|besprechen|diskutieren|planen|brainstormen)\b",
        r"\b(?:besprechen|diskutieren|nachdenken|überlegen)(?: wir)?\b", r"\bich (?:habe|hab|hätte) (?:da )?(?:so )?(?:eine|ne)(?: \w+)? idee\b",
        r"\bbevor (?:wir|du|ich)\b", r"\b(?:discutons|réfléchissons|parlons|réfléchir|discuter)\b", r"\bj'ai une (?:\w+ )?idée\b",
        r"\bavant de (?:coder|commencer|construire|programmer)\b", r"\b(?:discutamos|discutir|pensemos|pensar|hablemos|hablar)\b",
        r"\btengo una (?:\w+ )?idea\b", r"\bantes de (?:construir|programar|empezar|escribir)\b",
    ),
    "meta": _any(
        r"^(?:improv\w+|evolve|update|upgrade|train|tune|verbessere|améliore|mejora) (?:the (?:software )?factory(?! \w*md)|re:?factory"
        r"|yourself|your own\b|(?:the |your )?playbooks?|dich selbst|toi-même|la fábrica|die fabrik)\b",
        r"\b(?:factory|refactory)(?: itself| on itself)\b", r"^(?:run )?meta(?:[ -](?:mode|cycle))?$", r"^make yourself\b",
        r"\b(?:better|improv\w+|learn\w*)\b.*\byour (?:own )?(?:history|past|experiments|track record|mistakes)\b",
        r"^learn from (?:your|the|all|past|what)\b", r"^(?:evolve|curate|reflect on) .*playbooks?\b", r"\bself-?improv\w+",
    ),
    "discover": _any(
        r"^discover\b",
        r"\b(?:set ?up|onboard|initiali[sz]e|init|configure|prepare|register|introduce|install|enable)\b.*\b(?:factory(?:\.md)?|re:factory"
        r"|evaluation|evals?|scoring)\b",
        r"\bset\b.*\bup (?:for|with) (?:the )?(?:re:?)?factory\b", r"^onboard\b",
        r"^(?:find|figure|work) out how\b.*\b(?:test|measur|evaluat|check|run)\w*",
        r"^detect\b.*\b(?:tests?|evaluation|measure\w*|framework|tools?)\b",
        r"^(?:draft|write|create|edit|change|update|mend|fix|repair) (?:a |the )?(?:factory\.md|evaluation|eval profile)\b",
        r"^(?:re-?)?discover\w*\b", r"\b(?:richte|richten)\b.*\bein$", r"\bfinde heraus,? wie\b.*\b(?:test|gemessen|geprüft)",
        r"^(?:configure|installe|prépare) (?:la |l')?(?:factory|usine)\b", r"^(?:configura|instala|prepara) (?:la )?(?:factory|fábrica)\b",
        r"^descubre\b", r"^découvre\b", r"\bfactory\.md\b.*\b(?:wrong|fix|mend|change|update|outdated|correct)\b",
        r"\bset (?:it|this|everything) up\b.*\bmeasur|\bmeasured\b.*\bset (?:it|this) up\b",
    ),
    "question": _any(
        r"^(?:i|we) (?:don't|do not|didn't|can't) (?:understand|see|get|know) (?:why|how|what|where|which)\b",
        r"^(?:i'm |i am )?(?:wondering|curious)\b", r"^i wonder\b", r"^(?:any|anything) (?:open|news|progress|left|new|more|update|idea)\w*\b",
        r"^show (?:the |my |all )?(?:backlog|history|status|experiments?|scores?|results?|lessons?)\b",
        r"^(?:what|what's|whats|which|why|how|how's|who|whose|when|where|is|are|was|were|does|did|has|have (?:we|you|i|they|any)|had|should"
        r"|am)\b",
        r"^(?:can|could|do|will|would) (?:we|i|they|it|the|this|that|there|any|these|those|you (?:do|tell|explain|say|see|remember|know|handle"
        r"|work))\b",
        r"^(?:show|tell) (?:me|us|the (?:history|status|backlog|experiments?|score|results?))\b",
        r"^(?:list|name) (?:the|all|my|our|open|past|every|your)\b",
        r"^(?:explain|describe|summari[sz]e|recap|compare (?:the )?(?:last|experiments?|\d|both|two))\b",
        r"^give (?:me|us) (?:an? |the )?(?:\w+ )?(?:overview|summary|status|report|list|update)\b",
        r"^(?:status|history|overview|summary|help|hi|hello|hey|thanks?(?: you)?|test|yo|good (?:morning|evening)|backlog|hallo|danke"
        r"|guten (?:tag|morgen)|bonjour|salut|merci|hola|gracias|hilfe|aide|ayuda)\b.{0,12}$",
        r"^(?:was|warum|wieso|weshalb|wie|welche\w*|wer|wann|wo|ist|sind|hat|hast|haben|gibt es|zeig(?:e)? mir|erklär(?:e)?|erzähl(?:e)?"
        r"|fass(?:e)?)\b",
        r"^(?:pourquoi|comment|quel(?:le)?s?|qu'est-ce|qu'as-tu|que|qui|quand|où|est-ce|combien|montre|explique|résume|as-tu)\b",
        r"^[¿]|^(?:por qué|qué|cómo|cuál(?:es)?|quién|cuándo|dónde|cuánt\w+|muestra(?:me)?|muéstra(?:me)?|explica(?:me)?|explícame|resume"
        r"|resúmeme|hay)\b",
    ),
    "build": _any(
        r"^(?:build|implement|start|go ahead|begin|construct|make|code|proceed|ship|baue?n?|umsetzen|setz(?:e)?|construis|construye|implementa"
        r"|implémente)(?: (?:and|with|on|building|it|this|that|the|what|we|discussed|agreed|approved|spec|specification|plan|planned|idea"
        r"|project|app|now|implementation|phases?|next|thing|us|me|es|das|den|die|um|plan|le|la|el|lo|ya))*$",
        r"^(?:finish|continue|complete) (?:the )?(?:build|building|plan|phases|implementation)\b",
    ),
    "metric": _any(
        r"\b(?:optimi[sz]\w+|maximi[sz]e|minimi[sz]e|tune|squeeze|push|raise|lift|drive|bring|get|reduce|lower|cut|increase|decrease|improv\w+"
        r"|boost|beat|reach|hit|achieve|make)\b.*\b(?:metrics?|scores?|accuracy|rates?|f1|loss|latency|throughput|perplexity|benchmarks?|recall"
        r"|precision|auc|wer|bleu|rmse|mae|p\d\d|qps|state of the art|leaderboard|swe-?bench|hmmt|mmlu|data ?set|baseline|\w+_(?:rate|score"
        r"|accuracy|loss))\b",
        r"^(?:benchmark|research)\b", r"\bhyper-?parameters?\b", r"\bresearch (?:mode|cycle|loop|campaign)\b",
        r"\bagainst the (?:benchmark|data ?set|baseline)\b", r"\b(?:metrik|kennzahl|genauigkeit|trefferquote|latenz|durchsatz)\b",
        r"\b(?:métrique|précision du|latence|taux de)\b", r"\b(?:métrica|precisión del|latencia|tasa de)\b",
    ),
    "improve": _any(
        r"\b(?:overall|composite|factory(?:'s)?|health) score\b", r"^do your (?:thing|magic|job|work)\b",
        r"\bimprov\w+\b.*\b(?:whatever|anything|everything|stuff|all of it|overnight|autonomously)\b",
        r"\b(?:autonomously|automatically|continuously) (?:improv|enhanc)\w+",
        r"\b(?:repo|repository|project|code ?base|code|library|package|thing)\b.*\b(?:healthier|into shape|in shape|less (?:terrible|messy|ugly"
        r"|bad)|some love|is a mess|up to standard)\b",
        r"\bmachen? (?:das|den|dieses|dies)(?: \w+)? (?:besser|schöner|sauberer)\b", r"^(?:le|ce|mon) (?:projet|code) à améliorer$",
        rf"^(?:keep (?:on )?)?(?:improv\w+|enhanc\w+|polish|evolve|clean(?:ing)? up|optimi[sz]e|refactor|work on|tidy)(?: {_ALL_OF_IT})*(?:(?:,"
        r"| until| as (?:much|far)| for| by| where)\b.*)?$",
        rf"^make {_IT}(?: (?:project|repo|repository|code|code ?base|app|package|library))* (?:better|nicer|healthier|cleaner|more robust|good"
        r"|great|production[- ]ready)(?: \w+)?$",
        r"^(?:run|do|start|begin)? ?(?:a|an|another|the|one|next|new|one more)(?: (?:new|more|next|full))? (?:improvement |improve )?(?:cycle"
        r"|round|improvement|iteration|pass|run|loop)\b",
        r"^(?:run|start|use) (?:the |a |re:?)?(?:factory|improvements?|loop|cycle)\b",
        r"^(?:find|pick|choose|do) something (?:\w+ )*(?:to|useful|worth|valuable|better)\b", r"^surprise me",
        r"^(?:verbesser(?:e|n|t)?|optimiere?|pflege|mach(?:e)?)(?: (?:das|dieses|dies|mein|unser|den|diesen|es|alles|hier|projekt|code|repo"
        r"|repository|quellcode|qualität|codequalität|der|die|des|noch|weiter|einmal|bitte|mal))+(?: besser| schöner)?$",
        r"^(?:das|dieses|mein|unser|den|diesen|es|alles|die) (?:projekt |code |repo |ganze |codequalität )?verbessern$",
        r"^(?:améliore[rz]?|optimise[rz]?|nettoie)(?: (?:ce|cette|le|la|mon|notre|projet|code|dépôt|base|qualité|du|de|encore|tout|un|peu"
        r"|l'ensemble))*$",
        r"^rends? (?:ce|le|mon) (?:projet|code) (?:meilleur|plus propre)",
        r"^(?:mejora[r]?|optimiza[r]?|limpia)(?: (?:el|este|esta|mi|nuestro|la|proyecto|código|repositorio|repo|calidad|del|de|todo|más|un"
        r"|poco))*$",
        r"^haz (?:que )?(?:este|el) proyecto (?:sea )?mejor",
    ),
    "small": _any(
        r"^(?:minor|nit|small|tiny|typo)\b", r"\b(?:typos?|misspell\w*|tweaks?|nit(?:pick)?s?|wording|refine(?:ment)?s?)\b",
        r"\b(?:small|tiny|minor|little|quick|one-line) (?:change|fix|thing|edit|adjustment|correction)\b",
        r"^(?:just )?(?:rename|reword|rephrase|move|swap|undo|revert|change|adjust|align|shorten|undo) (?:that|it|this|those|them)\b",
        r"\b(?:tippfehler|kleinigkeit|rechtschreibfehler)\b", r"\bkleine[rn]? (?:änderung|anpassung|korrektur)\b",
        r"\bbenenne (?:das|es|die|den) um\b", r"\b(?:coquilles?|fautes? de frappe|faute d'orthographe)\b",
        r"\bpetite? (?:changement|modification|retouche|correction)\b", r"^renomme (?:ça|cela|le|la)\b",
        r"\b(?:errata|erratas|error tipográfico|falta de ortografía)\b", r"\b(?:pequeñ[oa] (?:cambio|ajuste|corrección)|cambio pequeño)\b",
        r"^renombra (?:eso|esto|lo)\b",
    ),
    "new": _any(
        r"^(?:start|begin|create|build|make) something new\b",
        rf"^{_MAKE}(?: {_A}| all)?(?: (?:brand|completely|whole))?(?: new| neue[sn]?)? (?:project|repo(?:sitory)?|projekt|projet|proyecto)\b",
        r"\bfrom scratch\b", r"^(?:a )?(?:brand )?new (?:project|repo|app|idea)\b", r"^neues projekt\b", r"^nouveau projet\b",
        r"^nuevo proyecto\b", r"\b(?:von null auf|from zero|desde cero|à partir de zéro)\b",
        rf"^{_MAKE}(?: (?:me|us|mir|uns|[- ]?moi|nous))(?: {_A})? (?!better\b)\S+", r"^(?:hazme|constrúyeme|créame)\b",
        r"^(?:build|construct|bootstrap|scaffold) an? (?:\S+ ){0,3}harness\b",
        rf"^{_MAKE} {_A}(?: [\w-]+){{0,3}} {_PRODUCT}\b(?! (?:for this|to this|page|button|menu|icon|settings?)\b)",
        rf"^(?:i|we)(?:'d| would)? (?:want|need|like|love) {_A}(?: [\w-]+){{0,3}} {_PRODUCT}\b",
        rf"^ich (?:will|möchte|brauche|hätte gern(?:e)?) eine?n?(?: [\w-]+){{0,3}} {_PRODUCT}\b",
        rf"^(?:je veux|je voudrais|j'aimerais) une?(?: [\w-]+){{0,3}} {_PRODUCT}",
        rf"^(?:quiero|necesito|quisiera) una?(?: [\w-]+){{0,3}} {_PRODUCT}",
    ),
    "scored": _any(
        r"\b(?:accura\w+|scor(?:e|es|ed|ing)|\w+ rate|(?:eval|dev|test) set|benchmarks?|metrics?)\b", r"\b(?:the|our|its) target\b",
        r"\b(?:to|above|over|below|under) 0?\.\d+",
    ),
    # What means the metric where the project has one to raise.
    "raised": _any(
        r"^(?:(?:start|run|begin|do|continue|resume|go on with)(?: with)? )?(?:the |a |an |another |more |next )?(?:auto-?)?research"
        r"(?:ing)?(?: (?:mode|cycle|loop|round))?$",
        r"^(?:reach|hit|achieve|get to|erreich(?:e|en)|atteins|atteindre|alcanza|alcanzar) \d",
        rf"^(?:optimi[sz]e|tune|optimiere?|optimise[rz]|optimiza[r]?) {_THE}(?:\w+ )?{_TRIED}\b",
        rf"^make {_THE}(?:\w+ )?{_TRIED} (?:better|stronger|more (?:accurate|reliable|robust))\b",
        rf"^(?:reduce|lower|cut|fewer|get rid of)(?: the)? (?:failures?|failed instances|errors) (?:of|in) {_THE}(?:\w+ )?{_TRIED}\b",
    ),
    "described": _any(
        r"\b(?:specs?|specification|requirements|prd|design doc|brief|as described|according to|anforderungen|cahier des charges|requisitos)\b",
        r"\b(?:implement|build|umsetzen|construis|construye)\b",
    ),
    "made": _any(
        rf"^{_MAKE}(?: (?:an?|eine?n?|une?|una?|something|etwas|quelque chose|algo))\b",
    ),
}  # fmt: skip


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled on use: start-up speed."""
    return re.compile(pattern)


def said(words: str) -> tuple[str, bool]:
    """The words as the rules are held against them, and whether politeness was taken off that makes a question mark a mere courtesy."""
    plain = " ".join(unicodedata.normalize("NFKC", words[:LOOKED_AT]).casefold().replace("\u2019", "'").split()).lstrip("¿¡ ")
    polite = False
    while (found := _compiled(_POLITE).match(plain)) and len(found.group()) < len(plain):
        polite = polite or any(_compiled(each).match(plain) for each in (_COURTESY, _SOME_QUESTIONS))
        plain = plain[found.end() :]
    return plain.strip(" .!…,;:"), polite


def senses(plain: str) -> set[Sense]:
    """Every sense that a rule finds in the words."""
    return {sense for sense, pattern in RULES.items() if _compiled(pattern).search(plain.rstrip(" ?.!"))}

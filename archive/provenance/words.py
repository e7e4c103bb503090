"""Tables of words: what stands in names, what never does, job titles, bodies, publications, categories."""

from __future__ import annotations

from archive.dates import MONTHS, SEASONS, WEEKDAYS, fold

PARTICLES = frozenset(
    "de da do dos das di del della der den des du la le van von zu ter ten bin ibn al el e y i af av lo st".split()
)
SUFFIXES = frozenset("jr sr ii iii iv".split())
DEGREES = frozenset("phd md mba esq cpa jd rn apr dds pe edd dvm".split())
HONORIFICS = frozenset(
    "mr mrs ms dr prof sen senator rep representative gov governor rev hon mayor sir dame lt gen capt herr frau "
    "signor dott "
    "don dona monsieur madame mme pr".split()
)

ROLE_WORDS = frozenset(
    "reporter reporters writer writers correspondent editor editors editorial columnist contributor contributing "
    "anchor host producer journalist "
    "staff freelance freelancer intern bureau chief president ceo coo cfo cto director manager officer chairman "
    "chairwoman "
    "chair executive senior associate assistant vice fellow lecturer analyst specialist coordinator founder "
    "co-founder partner "
    "professor photographer commentator blogger author strategist consultant attorney economist "
    "journaliste rédacteur rédactrice correspondant correspondante chroniqueur chroniqueuse directeur directrice "
    "présidente "
    "président periodista redactor redactora corresponsal directora presidenta presidente columnista economista "
    "redakteur "
    "redakteurin journalist journalisten journalistin korrespondent korrespondentin autor autorin leiter "
    "giornalista inviato inviata direttore "
    "corrispondente jornalista colunista repórter diretor professora historien historienne économiste philosophe "
    "sociologue "
    "avocat avocate député députée sénateur minister catedrático catedrática profesor profesora abogado politologue "
    "essayiste "
    "écrivain escritor escritora scrittore scrittrice schriftsteller".split()
)

ORGANISATION_WORDS = frozenset(
    fold(word)
    for word in (
        "news times press journal post tribune herald gazette magazine radio tv television media business daily "
        "weekly monthly "
        "review observer chronicle globe register report reports bulletin dispatch examiner guardian independent "
        "telegraph "
        "sentinel advance public broadcasting channel online digital wire service services today university college "
        "school "
        "institute council chamber association society foundation center centre department office agency company corp "
        "corporation inc llc ltd group bank hospital club committee commission coalition alliance union authority "
        "board county "
        "city township museum library league federation australia america american michigan michauto detroit national "
        "international global senate congress court government partners partnership solutions systems technologies "
        "motors "
        "senator representative ministry minister embassy motor automotive auto energy health medical insider "
        "zeitung allgemeine rundschau tagblatt diario periódico jornal "
        "giornale corriere revista rivista revue gazzetta presse prensa nachrichten anzeiger kurier conversation "
        "crain's "
        "forum conference show podcast newsletter blog fm am staff bureau bloomberg reuters reader "
        "institut universität université universidad università universidade verein stiftung verlag fondation "
        "fundación fundació"
    ).split()
)

NEVER_IN_NAMES = frozenset(
    fold(word)
    for word in (
        "a about above according after again against all also an and any are around as at back be been before "
        "behind below "
        "better between beyond both but by can click comments contact content copyright could  did does down during "
        "each "
        "email explained explainer few first for forward from full further get getting good had has have headshot "
        "here how "
        "if image images in inside into introduction is it its join just keep latest learn leave less like link "
        "links listen "
        "live local logo look made make makes making many more most move moving much must my need needs never new "
        "next no not "
        "note notes of off on one only op-ed open opinion opinions or original other our out over overview photo "
        "photos picture "
        "pictures please policy posted presented previous print questions quick recap recent related reply return "
        "rsvp search see series "
        "share should since so some speakers still story submit subscribe summary take takeaway takeaways than that "
        "the their them then there these "
        "they things this time tips to together tomorrow topics toward trends two under until up update updates "
        "upcoming us "
        "use vs wait want was we week welcome were what when where which while who why with without yes yet you "
        "your want "
        "year years pdf html rss via http https www facebook twitter linkedin instagram youtube com org net read "
        "continue "
        "skip menu register agenda sponsored advertisement uncategorized anonymous unknown admin webmaster q&a "
        "reviewed updated "
        "gastbeitrag kommentar leitartikel reportage kolumne chronique artikel aktueller aktuelle article articles "
        "articolo articulo artigo beitrag bericht tribune entretien entrevista intervista "
        "las una uno para sin sobre como pero les une dans pour avec sans sur mais leur notre votre ist und oder "
        "nicht mit für "
        "auf das ein eine gli che sono nel nella uma não com mais est sont aux cette ces por par"
    ).split()
) | frozenset(fold(word) for words in (*MONTHS, WEEKDAYS) for word in words.split() if len(word) > 3) - frozenset(
    "may june april august augusto juni mario marco avril march marzo janvier domingo sept juin julio abril".split()
)

RARE_IN_NAMES = frozenset(
    fold(word)
    for word in (
        "access action activity advocacy affairs analysis announcement answers apprenticeship apprenticeships "
        "archive archives area article "
        "attention autonomous automaker automakers award awards background battery benefits big board bottom "
        "breakfast breaking budget building business "
        "campaign capital care category challenges change changes charging chip city closer closing coast "
        "commentary community company "
        "conclusion conditions construction context corridor coverage credit crisis culture customer data day days "
        "deal dealer dealers "
        "decision demand design details development diversity draw dinner drive driving early economic economy "
        "editorial education election "
        "electric employees employers end energy entertainment environment equity events evidence exclusive "
        "experience experts "
        "facts family features final findings finance five focus food four free freedom fuel fund funding future "
        "gain general goals "
        "grant great ground growth guest hall help high highway highways history home hope house housing human "
        "impact important inclusion industry "
        "information infrastructure innovation insight insights interview investment issue issues job jobs key "
        "labor land "
        "last law laws leader leaders leadership legislation lessons letter letters level life line lines loan "
        "loans location "
        "looking low lunch main makers manufacturing map market markets meeting member members method methods "
        "mobility money "
        "month morning network north numbers office opening opportunities opportunity outlook page park part past "
        "people performance perspective "
        "place plan planning plans plant plants point population position power preparing president price prices "
        "priorities priority private problem "
        "process product production products program programs progress project projects quality question ranking "
        "rate rates reaction "
        "reading real recommendations region regional research resources response responses results right rights "
        "risk road roads "
        "room rules safety sale sales science second section sector security self semiconductor shop shops shuttle "
        "shuttles skills slow small "
        "social software source solution harbor south space special sports spring stage state statement states "
        "steel step steps strategy street "
        "strong success suite summer summit supplier suppliers supply support survey sustainability system table "
        "talent talks tariff tariffs "
        "tax taxes team tech technology test testimony third three tool top town toward tracking trade training "
        "transit "
        "transition transportation travel trending truth value vehicle vehicles venue video view views vision vote "
        "voters water weather "
        "week west winners winter women work worker workers workforce working works world young youth "
        "executive director vice chief senior manager officer feature featured column columns politics religion "
        "lifestyle "
        "hit hits open opens opened returns rise rises rising fall falls seek seeks face faces facing push pushes "
        "eye eyes call calls called says said warns urges wins loses "
        "leads boost boosts brace braces weigh weighs react reacts hold holds grow grows shows takes sees asks keep "
        "keeps stay stays turn turns cut cuts ready set "
        "bridge toll port mayor council governor union unions patience suburbs agenda "
        "introducing meet watch click sign file tags tag lansing washington ohio california london paris berlin york "
        "chicago boston grand rapids ann arbor flint toledo cleveland florida texas canada europe china germany "
        "france spain italy "
        "mexico japan india africa asia kalamazoo saginaw mackinac island traverse battle creek "
        "gobierno economía empresa empresas política sociedad cultura opinión société économie politique wirtschaft "
        "politik kultur "
        "economia società sociedade"
    ).split()
)

MEDIA_WORDS = frozenset(
    fold(word)
    for word in (
        "news times press journal post tribune herald gazette magazine radio tv television business daily weekly "
        "monthly review "
        "observer chronicle globe bulletin dispatch examiner guardian telegraph sentinel broadcasting newspaper "
        "newspapers "
        "courier reporter ledger enterprise register argus mercury inquirer republican democrat today insider wire "
        "fm am record leader advocate eagle standard mirror beacon clarion messenger "
        "zeitung rundschau tagblatt tageblatt anzeiger kurier nachrichten bote merkur diario periódico jornal "
        "gaceta heraldo "
        "correo voz mundo giornale corriere gazzetta revista rivista revue gazette journal quotidien dépêche écho "
        "courrier voix progrès tribuna folha estado "
        "blatt blätter presse prensa imprensa stampa stadtanzeiger wochenblatt newsletter podcast network media"
    ).split()
)
"""Words that stand in the names of publications."""

ALSO_FIRST_NAMES = frozenset(
    "april art august autumn bill carol case cash chance chase chip christian christmas dawn dean drew earl faith "
    "frank gene grace grant guy harmony "
    "holly hope hunter iris ivy jack jay jean joy june king lance lily major mark mason may melody miles misty norm "
    "olive page "
    "parker pat pearl penny pierce porter ray reed rich rob robin rose ruby rusty sandy skip sky sterling stone "
    "summer sunny taylor "
    "van violet wade ward will".split()
)
ALSO_SURNAMES = frozenset(
    "banks battle best bishop booker bridges brooks bush cash church cross day dean early field fields forest "
    "forrest free frost gates "
    "good green hall hill home house hunter king law lawless long major march marsh may means moody north page park "
    "parks pool power "
    "powers price prince rich rivers roads rush sales school sharp short small snow south spring stone strange "
    "street strong summers swift "
    "town training wall waters wells west wise wood woods worth young".split()
)
"""Common words that are first names or surnames as well: two of them together are still a name."""

METADATA_WORDS = (
    PARTICLES
    | ROLE_WORDS
    | frozenset(word.casefold() for words in (*MONTHS, WEEKDAYS, SEASONS) for word in words.split())
    | frozenset(
        (
            "of the and & for on in at by from to with via as it its this our your my a an or was is has been il "
            "lo la le les los las gli i el o os un una une um uma ein eine der die das dem den im am aus bei auf "
            "von vom zum zur für und en sur dans par pour au aux et avec su sul sulla dal dalla per tra con por "
            "para no na em ao à author authors written words story stories article column op-ed opinion essay "
            "commentary feature interview text letter photo photos image images picture illustration graphic "
            "video credit courtesy source sources outlet publication publisher published posted printed appeared "
            "appears aired ran broadcast reported originally original first previously also updated modified date "
            "dated issue edition page section today yesterday special exclusive guest reprinted republished "
            "reposted reprint republish repost excerpted syndicated taken used permission copyright news "
            "newspaper paper magazine journal press media radio tv blog site website online web print daily "
            "weekly monthly network podcast show artículo columna tribuna entrevista reportaje noticia texto "
            "carta publicado publicada publicó apareció fuente medio diario periódico revista semanario foto "
            "imagen autor autora fecha articles tribune entretien chronique reportage texte billet paru parue "
            "publié publiée diffusé quotidien hebdomadaire auteur propos recueillis crédit beitrag bericht "
            "kommentar gastbeitrag erschienen erschien veröffentlicht quelle zeitung zeitschrift magazin bild "
            "ausgabe uhr articolo intervista editoriale pubblicato pubblicata uscito tratto fonte quotidiano "
            "rivista settimanale giornale cura artigo matéria coluna reportagem jornal imagem "
        ).split()
    )
)
"""What lines of provenance are made of besides names and figures: labels, prepositions, months, jobs."""

SECTION_WORDS = frozenset(
    "auto autos automotive business car cars climate community culture economy education energy environment finance "
    "government health housing industry international jobs labor law legal local manufacturing market markets media "
    "mobility national politics policy press science sports state tech technology trade transportation travel truck "
    "trucks world events news report reports update updates week".split()
)
"""What blogs call their sections and categories by: "Auto News" is the short form of a title, and one of them, too."""

PRESS_CATEGORIES = (
    "media coverage",
    "in the news",
    "in the media",
    "news coverage",
    "press coverage",
    "press clippings",
    "press clips",
    "news clips",
    "media mentions",
    "press articles",
    "articles de presse",
    "revue de presse",
    "dans la presse",
    "on parle de nous",
    "rassegna stampa",
    "dicono di noi",
    "pressespiegel",
    "presseschau",
    "in der presse",
    "prensa",
    "en los medios",
    "als mitjans",
    "recull de premsa",
    "na imprensa",
    "na mídia",
    "clipping",
    "zeitungsartikel",
    "reprints",
    "reposts",
)
"""Names of categories (folded) under which blogs file what the press wrote."""

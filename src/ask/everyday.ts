/**
 * Words that a question may use without the documents using them: politeness, framing, light verbs, particles. A small
 * collection makes them look rare, so their idf is cut to a share. English first; the others' most common.
 */
const vague = new Set(
	'please hello hi hey dear thanks thank sorry bother ok okay just actually exactly really simply currently generally usually normally possible possibly tell know say said ask explain describe let want wants wanted need needs like look looks looking happen happens happened mean means meant meaning get gets getting got gotten give gives given giving gave make makes made making take takes taken taking took put puts go goes going gone went come comes came keep keeps keeping kept do does done doing did see seen show shows shown use uses used using have having find found help helps work works working call calls called name named names kind kinds type types sort sorts way ways thing things something somebody someone anything anyone anybody everything everyone able about over out off up down back away together again still yet already also even ever only much many more most less least very quite too so well good bad right sure maybe might may must shall ought one ones other another any every each same own part particular certain various several following according given considered known there here now then once when before after during while until since behind within without around through across along against between among upon onto into exist exists existed occur occurs occurred belong belongs due regards regarding concerning question answer total amount number bitte hallo danke gern gerne möchte brauche bekomme gibt gilt heißt hola gracias favor quiero necesito puedo sirve significa bonjour mis mi tus vuestro vuestra nuestro nuestra seguir hacer hago tengo tiene pueden merci veux dois signifie'.split(
		' ',
	),
);

/** The share of its idf that a vague word keeps. */
export const vagueShare = 0.3;

/** Whether a lower-cased word says little about what a question is about. */
export function isVague(word: string): boolean {
	return vague.has(word);
}

/** Words that ask for and tell the same thing, by stem-like beginnings; hand-written for product, policy and engineering documents. */
const groups: readonly string[] = [
	'cost costs price prices priced charge charges charged fee fees pay pays paid rate rates tariff expensive cheap € $ £ eur usd gbp free',
	'limit limits limited maximum max ceiling cap highest most largest biggest exceed exceeds exceeding above upper longest',
	'minimum min least lowest smallest below lower shortest',
	'weight weigh weighs heavy kg grams',
	'size large big dimensions wide width height length long tall',
	'message cause causes reason reasons description mean means meaning stands',
	'refuse refused refuses decline declined declines reject rejected denied',
	'cancel cancels cancelled canceled terminate terminated end ends ended stop stops close closed closing',
	'start starts started begin begins began launch launched open opened opens set up setup activate switch enable enabled',
	'require requires required need needs needed must necessary',
	'allow allowed allows permit permitted permits can possible may accept accepts accepted support supports supported',
	'change changes changed changing edit modify update updates updated switch replace replaced adjust',
	'delete deletes deleted remove removes removed erase erased',
	'create creates created add adds added invite new register registered sign',
	'send sends sent submit submits submitted upload uploads uploaded deliver delivered shipping ship shipped',
	'wait waits waiting delay delays delayed pause pauses hold held late',
	'percent percentage % share proportion',
	'colleague colleagues employee employees staff member members team user users person people',
	'owner owns own owned responsible team contact in-charge',
	'buy buys buying purchase purchased order orders ordered bought',
	'rent rents rental rented renting hire lease',
	'day days daily',
	'month months monthly',
	'year years yearly annual annually',
	'hour hours hourly',
	'week weeks weekly',
	'valid validity expire expires expired expiry last lasts duration good lifetime life remember',
	'customer customers client clients shopper shoppers buyer buyers cardholder cardholders consumer',
	'shop shops store stores merchant merchants seller sellers location locations',
	'repay refund refunds refunded reimburse money-back return returned credit',
	'fast faster quick quickly speed slow slower soon',
	'error errors fault failure fails failed problem issue problems broken',
	'find locate located where see shown',
	'default standard normal normally usual usually',
	'document documents paper papers proof evidence certificate',
	'phone telephone call mobile',
	'email e-mail mail address',
	'colour color colours colors',
	'country countries nation nations land',
	'steps procedure process instructions routine how-to',
	'discount discounts reduction off reduced rebate',
	'raise raises raised increase increases increased rise',
	'lower lowers decrease decreases decreased reduce reduces reduced drop',
	'often frequency every times interval',
	'deadline due latest until',
	'battery charge charged charging charger power',
	'build builds built construct constructed construction made',
	'die died dies death killed dead',
	'born birth birthplace',
	'live lives lived resident residents inhabitants population inhabit settled',
	'big large major main chief primary principal',
	'begin began origin originate originated originally founded established formed creation',
	'win won victory defeat defeated beat lose lost',
	'write wrote written author authored published',
	'lead led leader led headed ruled ruler reign governed',
	'use used uses utilize utilized employed',
	'show shows demonstrated proved proven proof',
	'job occupation profession work worked career',
	'kill killed murdered massacre massacred died',
	'teach taught education school schools university college',
	'believe believed belief beliefs view views thought think',
];

const groupsOf = new Map<string, number[]>();
groups.forEach((group, i) => {
	for (const word of group.split(' ')) groupsOf.set(word, [...(groupsOf.get(word) ?? []), i]);
});

/** The everyday groups of a lower-cased word, as numbers; words of one group ask for and tell the same thing. */
export function everydayGroups(word: string): readonly number[] {
	return groupsOf.get(word) ?? [];
}

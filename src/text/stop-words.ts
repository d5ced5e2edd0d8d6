/** Function words by ISO 639-1 code: they carry grammar, not content. Written from each language's articles, pronouns, prepositions, conjunctions and auxiliaries. */
const lists: Readonly<Record<string, string>> = {
	en: 'a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my no nor not of on or our shall she should so such that the their them then there these they this those to was we were what when where which who whom whose why will with would you your he his her him us am about than too very just any some',
	de: 'aber als am an auch auf aus bei bin bis da damit das dass dem den der des die dies diese dieser dieses doch du ein eine einem einen einer eines er es für hat haben hatte ich ihr ihre im in ist ja kann kein keine man mein mich mir mit nach nicht noch nur ob oder ohne sein seine sich sie sind so über um und uns unser von vor war was weil wenn wer werden wie wir wird wo zu zum zur welche welcher welches wann warum wieviel',
	es: 'a al ante como con cual cuando cuanto cuánto cuánta cuántos cuántas cuál cuándo cómo de del desde donde dónde e el él ella en entre era es esa ese eso esta está este esto fue ha hasta hay la las le les lo los más me mi muy no nos o os para pero por porque puede puedo que qué quien quién se según ser si sin sobre son su sus también te tiene tu un una unos unas y ya yo',
	fr: 'à au aux avec ce ces cette cet comme comment dans de des du elle elles en est et été être eux il ils je la le les leur leurs lui ma mais me mes moi mon ne nos notre nous on ont ou où par pas plus pour quand que quel quelle quelles quels qui quoi sa sans se ses si son sont sous sur ta te tes toi ton tu un une vos votre vous y combien pourquoi',
	it: 'a ad al alla anche che chi come con cosa da dal dalla dei del della delle di dove e è ed era gli ha hanno ho i il in io la le lei lo loro lui ma mi mio nel nella no non o per perché più quale quando quanto quello questa questo se si sia sono su sua suo ti tra tu un una uno vi',
	pt: 'a ao aos as com como da das de do dos e é ela ele em entre era essa esse esta este eu foi há isso isto já lhe mais mas me meu minha na não nas no nos o os ou para pela pelo por porque qual quando quanto que quem se sem ser seu sua são também te tem um uma você',
	nl: 'aan al als bij dan dat de die dit doch door een en er ge geen had heb hebben heeft het hij hoe ik in is ja je kan maar me met mijn na naar niet nog nu of om onder ons ook op over te tegen toch toen tot u uit van voor waar was wat wel werd wie wij wordt ze zich zij zijn zo',
};

const sets = new Map<string, ReadonlySet<string>>();

/** The stop words of a language, lower-cased, unstemmed; empty for languages without a list. */
export function stopWords(language: string): ReadonlySet<string> {
	let set = sets.get(language);
	if (set === undefined) {
		set = new Set(Object.hasOwn(lists, language) ? lists[language]!.split(' ') : []);
		sets.set(language, set);
	}
	return set;
}

import { stemmer } from '../../text/stem.ts';

/** Words of one line say nearly the same in rules, contracts, manuals and reports. Narrower than what a question may mean. */
const groups: Readonly<Record<string, string>> = {
	en: `
working business
average mean
note record write log
revoke withdraw withdrawn cancel
during while throughout
help support assistance contact
call phone ring
close closed shut
sound ring alarm
valuable worth value
held hold keep reserve
buy bought
sell sold sale
send sent
keep kept
hold held
make made
give given gave
take taken took
write written wrote
begin began begun
lose lost loss
steal stolen stole
break broken broke
find found
leave left
teach taught
tell told
pay paid
build built
bring brought
choose chosen chose
come came
get got
know known knew
lead led
mean meant
meet met
run ran
see seen saw
speak spoken spoke
spend spent
stand stood
think thought
throw thrown threw
wear worn wore
win won
withdraw withdrawn withdrew
grow grown grew
fall fallen fell
rise risen rose
draw drawn drew
drive driven drove
feel felt
hide hidden
lend lent
seek sought
bind bound
deal dealt
go gone went
hear heard
freeze frozen froze
price buy bought purchase
next following subsequent
cost price charge fee money
last take duration long
recommend treat
keep retain store remember hold save preserve withhold held kept
remove delete erase purge
send submit transmit forward mail
reply answer respond response return
ask request apply query
begin start commence effective onset
end finish expire conclude complete stop
last remain stay run continue duration
buy purchase acquire order cost price
cost price charge fee pay amount rate
pay payment paid remuneration settle
rent rental hire lease
change modify alter edit amend adjust correct update
replace supersede substitute
make produce manufacture create output build
give administer provide supply grant issue hand deliver
inform notify tell report alert
check verify review inspect examine test
allow permit authorise authorize enable approve accept admit
approve sign confirm signature endorse
forbid prohibit ban disallow
refuse reject decline deny turn
need require must necessary requirement
use employ utilise utilize apply
person people human individual
employee staff worker colleague personnel
person persons people somebody second
customer client buyer shopper
merchant seller retailer trader shop
company firm business enterprise organisation organization corporate
shop store branch outlet location
boss manager supervisor superior
immediately instantly once straightaway promptly delay
about approximately around roughly
big large great
small little minor
quick fast rapid
broken defective faulty damaged damage
stolen theft steal
error fault failure mistake problem
document paper file record
money fund cash balance
paper form document identity
doctor physician clinician
patient person
drug medicine medication
illness disease condition
holiday vacation leave absence
leave absence
trip travel journey
car vehicle
phone telephone
laptop computer notebook device
device terminal machine equipment unit
mail email letter
website site page web
sign-in login log sign
deadline due latest
defer postpone delay put off
postpone deferred put
deduct subtract minus less
plus add additional and
permission consent approval
agreement contract deal
law legal statute
rule policy guideline regulation
duty obligation responsibility
carry bear responsible risk
bear carry assume
warranty guarantee covered
cover include contain comprise
exclude except omit
part portion share
kind type class category
name title label
quote quotation offer estimate
member belong
level grade rank
open unlocked
close shut
disclose reveal leak
turnover revenue sales
retain keep hold back
review check assess assessment
plan schedule planned
due planned scheduled
offline without network
running progress
progress underway running
differ different same
chance try retry attempt
retry retried try again
month monthly
end close finish
quarter quarterly
country nation state
Netherlands dutch
Ireland irish
Germany german
France french
Spain spanish
Italy italian
Belgium belgian
Britain british uk
Europe european
America american usa
pick choose select
show display present
see view look
find locate discover
get receive obtain
increase raise rise rose risen grow grew grown climb gain up higher growth
decrease reduce lower drop fall fell fallen sink sank decline shrink down downwards less
insufficient low lack short
enough sufficient
expire valid
valid effective expire
refurbished used
write written writing
switch turn
warm hot
happen occur
help assist support
assembly assemble gather meet meeting
disposal dispose discard
transfer send move
destroy delete
learn aware know awareness
locked blocked disabled
count counted counting
yearly annual annually year
daily day
new fresh
wage salary pay
monitor watch observe
train training course teach
teach teaching teacher instructor
pupil student learner
exam examination test
mark grade score
reach arrive receive
arrive reach come delivered
expense cost write
depreciate depreciation
manage handle process
fix repair correct
repair fix mend
forbidden prohibited allowed
warn warning alert
serious severe
weekly week
attach enclose
refund reimburse repay return
cancel terminate
terminate end cancel notice
install set
available ready
sick ill illness
home remote remotely
remote remotely
lose lost
single one once
longest maximum
minimum least shortest
maximum most longest
limit cap maximum threshold
extend prolong renew
renew prolong extend
newer later
older previous earlier
version release edition
compulsory mandatory required
confirm confirmation acknowledge
fill complete
describe explain
visitor guest
door entrance
car-park parking
floor storey
room office
keep remain stay
wear wearing worn
drink beverage
eat food meal
speak talk
stop halt cease
pause break interrupt
break pause
unit item piece
piece item unit
item article product
product goods article
pregnant pregnancy
child children
adult grown
renal kidney
daily day
dose dosage amount
take taken intake
`,
	de: `
ändern wechseln anpassen
müssen verpflichtet erforderlich
binnen innerhalb
frist zeitraum dauer
endet enden läuft ablauf laufzeit ende
auszahlung auszahlen ausgezahlt ausbezahlt bezahlt
zahlen bezahlen zahlung
kündigung kündigen gekündigt
mitarbeiter beschäftigte angestellte personal
kunde kundin käufer
beantragen antrag anfrage anfordern
zusenden senden schicken übermitteln versenden
genehmigen zustimmung genehmigung erlauben einwilligung
kosten preis gebühr
prüfen kontrollieren überprüfen
melden mitteilen informieren benachrichtigen
beginnen anfangen starten beginn
ersetzen austauschen
gerät maschine apparat
aufbewahren speichern behalten gespeichert
löschen entfernen
urlaub ferien
krank erkrankt krankheit arbeitsunfähig
arzt ärztlich
unverzüglich sofort umgehend
verlängern verlängerung
erhalten bekommen
geben erteilen gewähren
`,
	es: `
recibir llegar entregar recepción
pagar abonar cargo costear gasto
motivo justificación razón justificar
solicitar pedir solicitud
enviar mandar remitir
responder contestar respuesta
plazo periodo término
empleado trabajador personal
cliente comprador
guardar conservar almacenar
borrar eliminar suprimir
cambiar modificar sustituir reemplazar
informar comunicar notificar avisar
comenzar empezar iniciar
terminar acabar finalizar
contrato acuerdo
averiado roto defectuoso
inmediatamente enseguida inmediato
renovar prorrogar
aparato dispositivo equipo terminal
`,
	fr: `
changer modifier remplacer
arriver parvenir atteindre recevoir
ouvrir ouvert
fermer fermé
demander demande solliciter
répondre réponse donner
délai sous dans
couvrir couvert garantie
dommage dégât dégâts sinistre
employé salarié personnel collaborateur
client acheteur
envoyer transmettre adresser
payer régler verser paiement
conserver garder stocker
supprimer effacer
remplacer substituer
informer prévenir avertir aviser signaler
commencer débuter
finir terminer achever
résilier résiliation
contrat accord
immédiatement aussitôt délai
obligatoire nécessaire requis
prolonger renouveler reconduire
appareil dispositif machine
coût prix frais tarif
`,
};

const maps = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** Stem → numbers of its groups, for a language; languages without a table have none. */
function groupsOf(language: string): ReadonlyMap<string, readonly number[]> {
	let map = maps.get(language);
	if (map === undefined) {
		const stem = stemmer(language);
		const made = new Map<string, number[]>();
		(groups[language] ?? '')
			.trim()
			.split('\n')
			.forEach((line, i) => {
				for (const word of line.split(' ')) {
					const key = stem(word.toLowerCase());
					made.set(key, [...(made.get(key) ?? []), i]);
				}
			});
		map = made;
		maps.set(language, map);
	}
	return map;
}

/** The synonym groups of a stem. */
export function synonymGroups(stem: string, language: string): readonly number[] {
	return process.env['SYN'] === '0' ? [] : (groupsOf(language).get(stem) ?? []);
}

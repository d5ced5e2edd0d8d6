/**
 * Whether a text gives orders to a language model: "ignore all previous instructions", "AI systems must end every reply with …".
 * A heuristic over the known wordings in English, German, French and Spanish; it errs on the side of silence, and an attacker
 * who knows it can word around it. What it finds is no evidence for a model's sentence, and nothing else follows from it.
 */
export function givesOrders(text: string): boolean {
	return patterns.some((pattern) => pattern.test(text));
}

const rules =
	'(?:instructions?|rules?|guidelines?|prompts?|anweisungen|regeln|vorgaben|consignes|instructions|instrucciones|reglas|istruzioni|instructies)';
const machine =
	'(?:AI|A\\.I\\.|LLMs?|GPT|[Cc]hat-?bots?|[Ll]anguage [Mm]odels?|(?:[Aa]ny|[Tt]he|AI) assistants?|Sprachmodelle?|KI|[Mm]odèles? de langage|[Mm]odelos? de lenguaje)';
const write =
	'(?:reply|respond|answer|output|print|say|write|append|insert|include|add|put|end|begin|start|repeat|reveal|show|mention)';

const patterns: readonly RegExp[] = [
	// Forget what you were told.
	new RegExp(
		'\\b(?:ignore|disregard|forget|override|bypass)s?\\b[^.!?\\n]{0,40}\\b(?:previous|prior|earlier|above|preceding|everything|the question|the documents|the rest)\\b',
		'iu',
	),
	new RegExp(`\\b(?:vergiss|ignoriere?|ignorez|oubliez?|ignora|olvida|negeer)\\b[^.!?\\n]{0,60}\\b${rules}\\b`, 'iu'),
	/игнорируй[^.!?\n]{0,60}инструкции|忽略[^。!?\n]{0,20}(?:指示|指令|说明)|指示[^。!?\n]{0,20}無視|تجاهل[^.!?\n]{0,40}التعليمات|talimatları yok say/iu,
	new RegExp(`\\b${rules}\\b[^.!?\\n]{0,40}\\b(?:obsolete|void|suspended|no longer apply|lifted)\\b`, 'iu'),
	// Said to a machine, about what it writes.
	new RegExp(
		`\\b${machine}\\b[^.!?\\n]{0,80}\\b(?:${write}|must|should|shall|antworte\\w*|répondre|responder)\\b`,
		'u',
	),
	new RegExp(
		`\\b${write}\\b[^.!?\\n]{0,60}\\b(?:as an? AI|system prompt|your (?:instructions|prompt|rules)|previous conversation)\\b`,
		'iu',
	),
	// About the answer itself.
	/\b(?:your|deine|ihre|ta|votre|tu|su) (?:whole |entire |next |final |complete |ganze |final )?(?:answer|reply|response|output|antwort|réponse|respuesta)s? (?:must|should|shall|has to|is to|muss|soll|doit|debe)\b/iu,
	/\b(?:end|begin|start|finish|close|open|preface) (?:every|each|all|your) (?:\w+ )?(?:answer|reply|response)s?\b/iu,
	/\b(?:answer|reply|respond|response|antwort|réponse|respuesta)s?(?: to| auf| à| a)? (?:every|each|any|all|alle|toutes les|todas las) (?:questions?|fragen|preguntas)\b[^.!?\n]{0,40}(?:\bwith\b|\bis\b|\bes\b|\best\b|\bmit\b|:)/iu,
	/\b(?:reply|respond|answer|say|output|print|antworte|réponds|répondez|responde)\b (?:only|just|exactly|instead|ausschließlich|nur|uniquement|solo|alleen|soltanto)\b/iu,
	/\b(?:[Rr]eply|[Rr]espond|[Aa]nswer|[Ss]ay|[Oo]utput|[Aa]ntworte|[Rr]éponds|[Rr]esponde)\b (?:(?:with|mit|con) )?(?:the (?:word|code|sentence|text) )?["“«„]?\p{Lu}{4,}/u,
	/\b(?:only|correct|right) (?:valid |possible )?(?:answer|reply) (?:is|to any|to every|to all)\b|^Final Answer:/iu,
	// Another role.
	/\b(?:pretend to be|pretend that you|from now on,? (?:you are|act|answer|reply)|in developer mode|(?:you are now|du bist jetzt|tu es maintenant|eres ahora) (?:an?|ein|une?|un)\b)/iu,
	/\b(?:do not|don't|never) (?:mention|reveal|disclose)\b[^.!?\n]{0,40}\b(?:this (?:note|instruction|text|message|line|rule)|these (?:notes|instructions|lines))\b/iu,
	// The frame of a conversation.
	/<\|(?:im_start|im_end|system|user|assistant|end\w*|eot_id|start_header_id)\|>|\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>|"(?:role|tool_calls|function_call)"\s*:/u,
	/^\s*(?:[>#]+\s*)*\[?(?:system|assistant|developer)(?: (?:message|prompt|override|notice))?\]?\s*[:>\]]/iu,
	/\b(?:END|BEGIN|START) (?:OF )?(?:CONTEXT|DOCUMENTS?|PASSAGES?|INSTRUCTIONS?|USER|SYSTEM|ADMIN)\b|<\/?(?:instructions|context|system|task)>/u,
];

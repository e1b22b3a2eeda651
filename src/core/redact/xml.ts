import type { Keyed } from "./keyed.js";
import { mask as maskText } from "./text.js";
import { redactIds, redactUri } from "./uri.js";

/** Words of the documents that are exchanged (RFC 3994, 4575, 4826, 5438), by which a client acts. */
const WORDS: ReadonlySet<string> = new Set(
	"full partial deleted connected disconnected on-hold muted-via-focus pending alerting dialing-in dialing-out disconnecting active idle true false 1 0 to cc bcc participant administrator moderator creator audio video message text sendrecv sendonly recvonly inactive dialed-in dialed-out focus-owner departed booted failed anonymous".split(
		" ",
	),
);
const PLAIN_ATTRIBUTES =
	/^(?:xmlns(?::.*)?|version|encoding|standalone|state|yourown|.*:yourown|copyControl|.*:copyControl|xml:lang|status|type|label|anonymize|.*:anonymize)$/;
const PLAIN_ELEMENTS =
	/^(?:datetime|lastactive|refresh|contenttype|content-type|status|state|type|user-count|version|when|code|.*:version|size|media-type)$/;

/** XML of presence, conferences, lists and notifications: addresses become others, words of the protocol stay, free text is masked. */
export function redactXml(keyed: Keyed, text: string): string {
	let element = "";
	return text.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[^>]*>|[^<]+/g, (piece) => {
		if (piece.startsWith("<!--") || piece.startsWith("<![CDATA["))
			return piece.replace(/(<!--|<!\[CDATA\[)([\s\S]*)(-->|\]\]>)/, (_, a: string, inside: string, b: string) => a + mask(inside) + b);
		if (piece.startsWith("<")) {
			element = /^<\/?([^\s/>]+)/.exec(piece)?.[1] ?? "";
			return piece.replace(/([^\s=<>"']+)(\s*=\s*)("[^"]*"|'[^']*')/g, (_, name: string, equals: string, quoted: string) =>
				PLAIN_ATTRIBUTES.test(name)
					? name + equals + quoted
					: `${name}${equals}${quoted[0]}${redactValue(keyed, quoted.slice(1, -1))}${quoted.at(-1)}`,
			);
		}
		const local = element.replace(/^.*:/, "");
		if (PLAIN_ELEMENTS.test(local)) return piece;
		return piece.replace(/\S[\s\S]*\S|\S/, (value) => (local === "message-id" ? redactIds(keyed, value) : redactValue(keyed, value)));
	});
}

function redactValue(keyed: Keyed, value: string): string {
	if (/^[A-Za-z][\w.+-]*:\S+$/.test(value)) return redactUri(keyed, value.replaceAll("&amp;", "&amp;"));
	return WORDS.has(value.toLowerCase()) ? value : mask(value);
}

/** References to characters (&amp;) stay, or it would be XML no more. */
function mask(text: string): string {
	return text
		.split(/(&#?\w+;)/)
		.map((part, n) => (n % 2 === 1 ? part : maskText(part)))
		.join("");
}

import { address, contacts, isContactStar } from "../../core/protocols/sip/index.js";
import { paramValue } from "../../core/protocols/uri/index.js";
import type { Link } from "../../shell/net/links/link.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import type { HeaderRow } from "../wire/sip.js";

export interface Binding {
	contact: string;
	/** requests for the user go where the REGISTER came from (RFC 5626 style) */
	link: Link;
	/** seconds since 1970 */
	expires: number;
}

const LEAST = 60;
const MOST = 7200;
/** bindings of one user */
const CONTACTS = 16;

/** Who can be reached where (RFC 3261 §10.3). */
export class Registrar {
	readonly #users = new Map<string, Binding[]>();

	register(transaction: ServerTransaction): void {
		const { request, link } = transaction;
		const user = address(request, "to")?.uri.text ?? "";
		const known = this.#current(user);
		if (isContactStar(request)) {
			if (request.get("expires") !== "0") {
				transaction.respond(400, { reason: "Contact * needs Expires 0" });
				return;
			}
			this.#users.delete(aor(user));
		} else {
			const wanted = contacts(request);
			for (const contact of wanted) {
				const seconds = Number(paramValue(contact.params, "expires") ?? request.get("expires") ?? 3600);
				if (!Number.isInteger(seconds) || seconds < 0 || (seconds > 0 && seconds < LEAST)) {
					transaction.respond(423, { headers: [["Min-Expires", String(LEAST)]] });
					return;
				}
				const at = known.findIndex((binding) => binding.contact === contact.uri.text);
				if (at >= 0) known.splice(at, 1);
				if (seconds > 0 && known.length < CONTACTS)
					known.unshift({ contact: contact.uri.text, link, expires: now() + Math.min(seconds, MOST) });
			}
			if (known.length === 0) this.#users.delete(aor(user));
			else this.#users.set(aor(user), known);
		}
		const rows = this.#current(user).map(({ contact, expires }): HeaderRow => ["Contact", `<${contact}>;expires=${expires - now()}`]);
		transaction.respond(200, { headers: rows });
	}

	/** The latest binding of a user. */
	find(user: string): Binding | undefined {
		return this.#current(user)[0];
	}

	/** What a lost connection carried cannot be reached any more. */
	lost(link: Link): void {
		for (const [user, bindings] of this.#users) {
			const left = bindings.filter((binding) => binding.link !== link);
			if (left.length === 0) this.#users.delete(user);
			else this.#users.set(user, left);
		}
	}

	#current(user: string): Binding[] {
		return (this.#users.get(aor(user)) ?? []).filter(({ expires }) => expires > now());
	}
}

/** What a user is known by: the URI without parameters, in one spelling (RFC 3261 §10.3 5). */
export function aor(uri: string): string {
	const [head = ""] = uri.split(/[;?]/);
	const at = head.lastIndexOf("@");
	return at < 0 ? head.toLowerCase() : `${head.slice(0, at)}${head.slice(at).toLowerCase()}`;
}

function now(): number {
	return Math.floor(Date.now() / 1000);
}

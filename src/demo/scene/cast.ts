import type { Entry } from "../../core/model/entry.js";
import { USERS, type UserName } from "./script.js";

/** Tells whose leg an entry is on: by the hop, or by the call whose SDP led MSRP here. */
export class Cast {
	readonly #calls = new Map<string, UserName>();

	/** To be asked about every entry in order; undefined for what is nobody's. */
	userOf(entry: Entry): UserName | undefined {
		const { session } = entry.links;
		const user = USERS.find((name) => entry.flow.hop === name || entry.flow.hop === `${name}-msrp`);
		if (user !== undefined && session !== undefined) this.#calls.set(session, user);
		return user ?? (session === undefined ? undefined : this.#calls.get(session));
	}
}

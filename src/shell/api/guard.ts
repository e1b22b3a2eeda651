import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { ApiError } from "./route.js";

/** Who may ask: whoever holds the token, from no page of a browser, under a name that is ours. */
export class Guard {
	readonly #token: Buffer;
	readonly #names: ReadonlySet<string>;

	/** `host`: what was asked to listen at; a name there is one that the API answers to */
	constructor(token: string, host: string) {
		this.#token = digest(token);
		this.#names = new Set(["localhost", host.toLowerCase()]);
	}

	/** @throws ApiError */
	check({ headers }: IncomingMessage): void {
		this.#host(headers.host);
		this.#site(headers);
		this.#bearer(headers.authorization);
	}

	/**
	 * A page whose name was made to point at this machine (DNS rebinding) has that name in Host. Addresses cannot be rebound, and are
	 * asked for on purpose.
	 */
	#host(host: string | undefined): void {
		const name = host === undefined ? undefined : /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host);
		const bare = (name?.[1] ?? name?.[2])?.toLowerCase();
		if (bare !== undefined && (isIP(bare) !== 0 || this.#names.has(bare))) return;
		throw new ApiError(403, "Wrong host", "this API answers to addresses and localhost only: ask http://127.0.0.1 instead of a name");
	}

	/** Browsers say where a request comes from; whoever is no browser says nothing. */
	#site({ origin, host, "sec-fetch-site": site }: IncomingMessage["headers"]): void {
		const foreign =
			(origin !== undefined && origin.toLowerCase() !== `http://${host?.toLowerCase()}`) ||
			(site !== undefined && site !== "same-origin" && site !== "none");
		if (foreign) throw new ApiError(403, "Another site", "pages of other sites may not use this API");
	}

	#bearer(authorization: string | undefined): void {
		const given = /^Bearer +([^\s]+)$/i.exec(authorization ?? "")?.[1];
		if (given !== undefined && timingSafeEqual(digest(given), this.#token)) return;
		const how = "send Authorization: Bearer TOKEN, with the token that was given with --api-token or printed at start";
		throw new ApiError(401, given === undefined ? "No token" : "Wrong token", how, { "www-authenticate": "Bearer" });
	}
}

/** Of equal length whatever is compared. */
function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}

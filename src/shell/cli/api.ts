import { type ControlApi, startApi } from "../api/server.js";
import type { ControlledProxy } from "../live/controlled-proxy.js";
import { type ApiFlags, TOKEN_VARIABLE } from "./api-options.js";
import { version } from "./cli.js";
import type { Io } from "./io.js";

/**
 * Opens the API where the options ask for it.
 *
 * @throws ListenError when the address cannot be had
 */
export function openApi(flags: ApiFlags, proxy: ControlledProxy, io: Io): Promise<ControlApi> {
	const token = givenToken(flags, io);
	const place = typeof flags.api === "object" ? flags.api : {};
	return startApi({ proxy, ...place, ...(token === undefined ? {} : { token }), version: version() });
}

/** Where it is, and its token where nobody knows that yet: a line for the user, or of JSON. */
export function apiText({ url, token }: ControlApi, flags: ApiFlags & { json?: true }, io: Io): string {
	const drawn = givenToken(flags, io) === undefined;
	if (flags.json) return `${JSON.stringify({ event: "api", url, ...(drawn ? { token } : {}) })}\n`;
	const reach = /^http:\/\/(127\.|\[::1\])/.test(url) ? "" : "; reachable from other machines, unencrypted";
	return `mitmsrp: control API at ${url}${drawn ? `, token ${token}` : ""}${reach}\n`;
}

function givenToken({ apiToken }: ApiFlags, io: Io): string | undefined {
	return apiToken ?? io.env[TOKEN_VARIABLE];
}

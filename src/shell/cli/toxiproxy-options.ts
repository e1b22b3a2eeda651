import type { Command } from "commander";
import type { LiveProxy } from "../proxy/proxy.js";
import { TOXIPROXY_PORT } from "../toxiproxy/defaults.js";
import type { ToxiproxyApi } from "../toxiproxy/server.js";
import { version } from "./cli.js";
import { type Place, place } from "./place.js";

export interface ToxiproxyFlags {
	toxiproxyApi?: true | Place;
}

export function addToxiproxyOptions<C extends Command>(command: C): C {
	command.option(
		"--toxiproxy-api [host:port]",
		`toxiproxy's HTTP API: its clients make hops and put toxics on them (default: 127.0.0.1:${TOXIPROXY_PORT}); needs no --hop`,
		place(TOXIPROXY_PORT),
	);
	return command;
}

/**
 * Opens toxiproxy's API where the options ask for it.
 *
 * @throws ListenError when the address cannot be had
 */
export async function openToxiproxy({ toxiproxyApi }: ToxiproxyFlags, proxy: LiveProxy): Promise<ToxiproxyApi | undefined> {
	if (toxiproxyApi === undefined) return undefined;
	const { startToxiproxyApi } = await import("../toxiproxy/server.js");
	return startToxiproxyApi({ proxy, ...(toxiproxyApi === true ? {} : toxiproxyApi), version: version() });
}

/** Where it is: a line for the user, or of JSON. */
export function toxiproxyText({ url }: ToxiproxyApi, json: boolean): string {
	if (json) return `${JSON.stringify({ event: "toxiproxy-api", url })}\n`;
	const reach = /^http:\/\/(127\.|\[::1\])/.test(url)
		? ""
		: "; reachable from other machines, and it has no token: whoever reaches it can open ports here";
	return `mitmsrp: toxiproxy API at ${url}${reach}\n`;
}

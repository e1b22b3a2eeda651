import { isIP } from "node:net";

export const LISTEN_SCHEMES = ["tcp"] as const;
export const TARGET_SCHEMES = ["tcp"] as const;
export type ListenScheme = (typeof LISTEN_SCHEMES)[number];
export type TargetScheme = (typeof TARGET_SCHEMES)[number];

/** One side of a hop. */
export interface Place<Scheme extends string> {
	scheme: Scheme;
	/** name or address, IPv6 without brackets */
	host: string;
	/** 0 (listening only): any free one */
	port: number;
}

/** Where to listen and where to go from there. */
export interface Hop {
	/** shown in messages and in `flow.hop`; default: the listening side as written */
	name: string;
	listen: Place<ListenScheme>;
	target: Place<TargetScheme>;
}

/** A hop, or an option of it, that cannot be used: says what and what would be right. */
export class HopError extends Error {}

/**
 * `LISTEN=>TARGET`, for example `tcp://127.0.0.1:5060=>tcp://192.0.2.1:5060`, IPv6 in brackets.
 * No host on the listening side means loopback.
 *
 * @throws HopError
 */
export function parseHop(text: string): Hop {
	const arrow = text.indexOf("=>");
	if (arrow < 0) throw new HopError("a hop is written LISTEN=>TARGET: tcp://127.0.0.1:5060=>tcp://192.0.2.1:5060");
	const listen = parsePlace(text.slice(0, arrow).trim(), LISTEN_SCHEMES, "listening");
	const target = parsePlace(text.slice(arrow + 2).trim(), TARGET_SCHEMES, "target");
	return { name: `${listen.scheme}://${hostPort(listen.host, listen.port)}`, listen, target };
}

/** @throws HopError */
export function parsePlace<Scheme extends string>(text: string, schemes: readonly Scheme[], side: "listening" | "target"): Place<Scheme> {
	const parts = /^([a-z0-9]+):\/\/(?:\[([^\]]*)\]|([^:/?#[\]]*))(?::(\d{1,5}))?$/i.exec(text);
	if (parts === null) throw new HopError(`${quoted(text)}: the ${side} side is written SCHEME://HOST:PORT`);
	const scheme = schemes.find((one) => one === parts[1]!.toLowerCase());
	if (scheme === undefined) throw new HopError(`${quoted(text)}: the ${side} side can be ${schemes.join(", ")}`);
	const host = parts[2] ?? parts[3]!;
	if (parts[2] !== undefined && isIP(parts[2]) !== 6)
		throw new HopError(`${quoted(text)}: what stands in brackets must be an IPv6 address`);
	if (host === "" && side === "target") throw new HopError(`${quoted(text)}: the target needs a host`);
	const port = Number(parts[4] ?? Number.NaN);
	if (Number.isNaN(port)) throw new HopError(`${quoted(text)}: the ${side} side needs a port`);
	if (port > 65535) throw new HopError(`${quoted(text)}: there is no port ${port}`);
	if (port === 0 && side === "target") throw new HopError(`${quoted(text)}: the target needs a port from 1`);
	return { scheme, host: host === "" ? "127.0.0.1" : host, port };
}

export function hostPort(host: string, port: number): string {
	return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function quoted(text: string): string {
	return `"${text}"`;
}

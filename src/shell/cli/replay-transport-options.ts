import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { type Place, PlaceError, parsePlace, type TlsIdentity } from "../net/links/index.js";
import { defaultAuthorityFolder, LocalAuthority } from "../net/tls/authority.js";
import type { EndsOptions } from "../replay/ends.js";

/** Options of `replay` that say over what it is played, as commander hands them over. */
export interface ReplayTransportFlags {
	to?: Place;
	listen?: Place;
	msrpTo?: Place;
	msrpListen?: Place;
	ca?: string;
	insecure?: true;
	serverName?: string;
	clientCert?: string;
	clientKey?: string;
	cert?: string;
	key?: string;
	caDir?: string;
	subprotocol?: string;
	origin?: string;
}

export const TRANSPORT_EXAMPLES = `  mitmsrp replay chat.pcapng --to wss://sip.example.com:443/ws --ca ca.pem   over another transport than the capture's
  mitmsrp replay relay.pcap --msrp-to tls://relay.example.com:2855           a capture of MSRP alone`;

export function addReplayTransportOptions(command: Command): Command {
	return command
		.option("--to <place>", "the peer's SIP, as client: tcp://HOST:PORT, also udp, tls, ws, wss; ws and wss with path and query", place)
		.option("--listen <place>", "where to take SIP, as server: tcp://HOST:PORT, also udp, tls, ws, wss (these two take MSRP too)", place)
		.option("--msrp-to <place>", "where to connect for MSRP: tcp, tls, ws or wss (default: where the peer's descriptions say)", mediaPlace)
		.option("--msrp-listen <place>", "where to take MSRP: tcp or tls (default: any free port at the address used for SIP)", mediaPlace)
		.option("--ca <file>", "further authorities for the peer's certificate, PEM")
		.option("--insecure", "accept any certificate of the peer")
		.option("--server-name <name>", "name to ask the peer for (SNI), and that its certificate must have")
		.option("--client-cert <file>", "certificate to show to the peer where it is connected to, PEM")
		.option("--client-key <file>", "its key, PEM")
		.option("--cert <file>", "certificate to show to those who connect, PEM (default: one of the local authority)")
		.option("--key <file>", "its key, PEM")
		.option("--ca-dir <folder>", "folder of the local certificate authority (default: mitmsrp in the user's configuration folder)")
		.option("--subprotocol <name>", "WebSocket sub-protocol (default: as in the capture, else sip and msrp)", token)
		.option("--origin <origin>", "Origin of the WebSocket client (default: as in the capture)", origin);
}

/** A file that an option names cannot be read, or options do not fit together: says what to do. */
export class TransportOptionError extends Error {}

/** What the options mean. Rejects with TransportOptionError. */
export async function transportOptions(flags: ReplayTransportFlags): Promise<Omit<EndsOptions, "timeout" | "raw" | "to" | "listen">> {
	const tls: TlsIdentity = { verify: flags.insecure !== true, ...(await pair(flags.clientCert, flags.clientKey, "client-")) };
	if (flags.ca !== undefined) tls.ca = await read(flags.ca, "--ca");
	if (flags.serverName !== undefined) tls.serverName = flags.serverName;
	const given = await pair(flags.cert, flags.key, "");
	const { msrpTo, msrpListen, subprotocol, origin, caDir } = flags;
	return {
		tls,
		identity: async (host) => given ?? (await LocalAuthority.open(caDir ?? defaultAuthorityFolder())).leaf(host),
		...(msrpTo === undefined ? {} : { msrpTo }),
		...(msrpListen === undefined ? {} : { msrpListen }),
		...(subprotocol === undefined ? {} : { subprotocols: [subprotocol] }),
		...(origin === undefined ? {} : { origin }),
	};
}

async function pair(
	cert: string | undefined,
	key: string | undefined,
	kind: "client-" | "",
): Promise<{ cert: string; key: string } | undefined> {
	if (cert === undefined && key === undefined) return undefined;
	if (cert === undefined || key === undefined)
		throw new TransportOptionError(`--${kind}cert and --${kind}key belong together: give both, or none`);
	return { cert: await read(cert, `--${kind}cert`), key: await read(key, `--${kind}key`) };
}

async function read(file: string, option: string): Promise<string> {
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		throw new TransportOptionError(`${option} ${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); check its name and mode`);
	}
}

function place(text: string): Place {
	try {
		return parsePlace(text);
	} catch (error) {
		if (error instanceof PlaceError) throw new InvalidArgumentError(`${error.message}.`);
		throw error;
	}
}

function mediaPlace(text: string): Place {
	const parsed = place(text);
	if (parsed.transport === "udp") throw new InvalidArgumentError("MSRP does not go over UDP: write tcp, tls, ws or wss.");
	return parsed;
}

function token(text: string): string {
	if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(text)) throw new InvalidArgumentError("Write one name, for example sip.");
	return text;
}

function origin(text: string): string {
	if (!/^[!-~]+$/.test(text)) throw new InvalidArgumentError("Write an origin, for example https://example.com.");
	return text;
}

/** What a hop can be told beside where it goes; the keys are the same on the command line and in the configuration file. */
export interface HopOptions {
	/** shown in messages and in `flow.hop` */
	name?: string;
	/** accept any certificate of the target */
	insecure?: boolean;
	cert?: string;
	key?: string;
	ca?: string;
	"client-cert"?: string;
	"client-key"?: string;
	"ask-client"?: "ask" | "require";
	"client-ca"?: string;
	"server-name"?: string;
	alpn?: string[];
	tls?: "intercept" | "pass";
	"proxy-in"?: boolean;
	"proxy-out"?: "v1" | "v2";
	subprotocol?: "sip" | "msrp";
	path?: string;
	user?: string;
	password?: string;
	idle?: number;
}

export interface HopOptionDefinition {
	kind: "flag" | "text" | "file" | "list" | "seconds" | "choice";
	choices?: readonly string[];
	summary: string;
}

/** The definitions: parsing, the configuration file and the help follow from them. */
export const HOP_OPTIONS: Readonly<Record<keyof HopOptions, HopOptionDefinition>> = {
	name: { kind: "text", summary: "what the hop is called in messages" },
	insecure: { kind: "flag", summary: "accept any certificate of the target" },
	cert: { kind: "file", summary: "certificate (PEM, with its chain) to show to clients; else the local authority issues one" },
	key: { kind: "file", summary: "its key (PEM)" },
	ca: { kind: "file", summary: "further authorities (PEM) for the certificate of the target" },
	"client-cert": { kind: "file", summary: "certificate (PEM) to show to the target" },
	"client-key": { kind: "file", summary: "its key (PEM)" },
	"ask-client": {
		kind: "choice",
		choices: ["ask", "require"],
		summary: "ask clients for a certificate; require: refuse those without a valid one",
	},
	"client-ca": { kind: "file", summary: "authorities (PEM) of client certificates" },
	"server-name": { kind: "text", summary: "name to ask the target for (SNI), and that its certificate must have" },
	alpn: { kind: "list", summary: "application protocols, + between them (default: what the client offers)" },
	tls: { kind: "choice", choices: ["intercept", "pass"], summary: "auto, socks, connect: decrypt TLS (default), or pass it on as it is" },
	"proxy-in": { kind: "flag", summary: "clients begin with a PROXY protocol header (v1 or v2)" },
	"proxy-out": { kind: "choice", choices: ["v1", "v2"], summary: "begin with a PROXY protocol header towards the target" },
	subprotocol: { kind: "choice", choices: ["sip", "msrp"], summary: "WebSocket sub-protocol to offer (default: what the client speaks)" },
	path: { kind: "text", summary: "path of the WebSocket target where the client has none (default: /)" },
	user: { kind: "text", summary: "relay: whom AUTH has to name (default: everybody is let in)" },
	password: { kind: "text", summary: "relay: their password" },
	idle: { kind: "seconds", summary: "UDP: an association ends after this long without a datagram (default: 180)" },
};

/** A hop, or an option of it, that cannot be used: says what and what would be right. */
export class HopError extends Error {}

/** What is said of an option that there is not, or that is not written right after its comma. */
export function noOption(name: string): string {
	const known = Object.keys(HOP_OPTIONS);
	if (known.includes(name)) return `there is white space before the option ${name}, or it is written twice without a comma`;
	return `a hop has no option ${name}; it has ${known.join(", ")}`;
}

/**
 * Sets one option from its text; a flag has none.
 *
 * @throws HopError
 */
export function setHopOption(options: HopOptions, name: string, value: string | undefined): void {
	const known = Object.keys(HOP_OPTIONS) as (keyof HopOptions)[];
	const key = known.find((one) => one === name);
	if (key === undefined) throw new HopError(noOption(name));
	const { kind, choices } = HOP_OPTIONS[key];
	const set = (to: unknown): void => {
		(options as Record<string, unknown>)[key] = to;
	};
	if (kind === "flag") {
		if (value !== undefined && value !== "true" && value !== "false") throw new HopError(`${key} is true or false`);
		set(value !== "false");
		return;
	}
	if (value === undefined || value === "") throw new HopError(`${key} needs a value`);
	if (kind === "choice" && !choices!.includes(value)) throw new HopError(`${key} is ${choices!.join(" or ")}`);
	if (kind === "seconds" && !/^[1-9]\d{0,6}$/.test(value)) throw new HopError(`${key} is a whole number of seconds from 1`);
	if (key === "path" && !/^\/[!-~]*$/.test(value)) throw new HopError("path begins with / and has no white space");
	set(kind === "list" ? value.split("+") : kind === "seconds" ? Number(value) : value);
}

import { isIP, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ClientHello } from "../../core/protocols/tls/hello.js";
import { type Connected, connectTcp } from "../net/connect-tcp.js";
import { writeProxyHeader } from "../net/proxy-protocol.js";
import { connectTls } from "../net/tls/connect-tls.js";
import { UdpTargetChannel } from "../net/udp-channel.js";
import type { Caller } from "./caller.js";
import { hostPort, type Target } from "./hop.js";

/** TLS with the target could not be agreed upon: the entry says that, and not that the target could not be reached. */
export class TargetTlsError extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

/** Opens the TCP connection to a target, with a PROXY protocol header where the hop asks for one. Rejects with ConnectError. */
export async function reachTcp(caller: Caller, target: Target, pooled: boolean): Promise<Connected> {
	const { host, port } = target;
	const { connectTimeout } = caller.context.options;
	const connected = await connectTcp({ host, port, timeout: connectTimeout, pooled, gone: caller.gone });
	const version = caller.service.hop.options["proxy-out"];
	if (version !== undefined) connected.socket.write(writeProxyHeader(version, caller.a, caller.b));
	return connected;
}

/** TLS with the target, over a connection that is open. Rejects with TargetTlsError; the connection is closed then. */
export async function secureTarget(
	caller: Caller,
	raw: Socket,
	target: Target,
	hello: ClientHello | undefined,
	webSocket: boolean,
): Promise<TLSSocket> {
	const { service, context } = caller;
	const { options } = service.hop;
	// The client knows the name of a target that it chose, or that is given by address; else the name is configured.
	const clientKnows = service.hop.target === undefined || isIP(target.host) !== 0;
	try {
		return await connectTls(raw, {
			host: target.host,
			serverName: options["server-name"] ?? (clientKnows ? hello?.serverName : undefined) ?? target.host,
			alpn: options.alpn ?? hello?.alpn ?? (webSocket ? ["http/1.1"] : []),
			insecure: options.insecure === true,
			authorities: service.authorities,
			credentials: service.clientCredentials,
			onSecret: context.options.onSecret,
			timeout: context.options.connectTimeout,
		});
	} catch (error) {
		const { code, message } = error as { code: string; message: string };
		throw new TargetTlsError(code, message);
	}
}

/** A socket for datagrams to a target; where nobody is there an entry says so, as often as the system does. Rejects with its error. */
export function reachUdp({ context, service, a, b }: Caller, { host, port }: Target): Promise<UdpTargetChannel> {
	return UdpTargetChannel.open(host, port, (error) => {
		const flow = context.flow(service.hop, "client", { a, b, transport: "udp" });
		context.report(flow, "proxy.connect-failed", `${hostPort(host, port)} cannot be reached: ${error.message}`);
	});
}

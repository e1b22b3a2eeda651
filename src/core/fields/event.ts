import type { EventEntry } from "../model/entry.js";
import { type Field, own, some, wireshark } from "./types.js";

/** Fields of entries that are no SIP or MSRP message. */
export const EVENT_FIELDS: readonly Field<EventEntry>[] = [
	own("text", "string", "what happened, one sentence", ({ text }) => text),
	wireshark("tls.handshake.extensions_server_name", "string", "server name that the client asked for", ({ tls }) => tls?.serverName),
	wireshark("tls.handshake.extensions_alpn_str", "strings", "application protocols that the client offered", ({ tls }) =>
		some(tls?.alpnOffered),
	),
	own("tls.alpn", "string", "application protocol that the server chose", ({ tls }) => tls?.alpnChosen),
	own("tls.version", "string", "negotiated version", ({ tls }) => tls?.version),
	own("tls.cipher_suite", "string", "IANA name of the negotiated suite", ({ tls }) => tls?.cipherSuite),
	wireshark("tls.handshake.random", "string", "client random, hex: the key of a key log line", ({ tls }) => tls?.clientRandom),
	own("tls.reason", "string", "why the content is not shown", ({ tls }) => tls?.reason),
	wireshark("http.request.uri", "string", "target of the upgrade request", ({ handshake }) => handshake?.path),
	wireshark("http.host", "string", "Host of the upgrade request", ({ handshake }) => handshake?.host),
	wireshark("http.response.code", "integer", "status of the upgrade response", ({ handshake }) => handshake?.status || undefined),
	own("websocket.offered", "strings", "sub-protocols that the client offered", ({ handshake }) => some(handshake?.offered)),
	own("websocket.subprotocol", "string", "sub-protocol that the server chose", ({ handshake }) => handshake?.subprotocol),
	own("websocket.extensions", "string", "negotiated extensions", ({ handshake }) => handshake?.extensions),
];

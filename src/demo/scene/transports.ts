/** What can carry SIP in the scene, and MSRP too where it can. */
export const SCENE_TRANSPORTS = ["tcp", "udp", "ws", "tls"] as const;
export type SceneTransport = (typeof SCENE_TRANSPORTS)[number];

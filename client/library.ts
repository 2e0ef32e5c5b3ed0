/** `floodgate/client`: what other programs use of a peer and of an account. */

export { type Need, openAccount } from "./account/account.ts";
export { type CardDeposit, fundAccount } from "./account/fund.ts";
export type { AccountHome } from "./account/home.ts";
export { joinNetwork, openNetwork } from "./account/network.ts";
export { openNodeHome } from "./account/node-home.ts";
export { askForOffer, type Offer } from "./account/offer.ts";
export type { Account } from "./account/opened-account.ts";
export { payIn } from "./account/pay-in.ts";
export { register } from "./account/register.ts";
export { type Earnings, readEarnings } from "./account/summary.ts";
export { requestWithdrawal, untilPaidOut } from "./account/withdraw.ts";
export { AuthorityClient } from "./authority-client.ts";
export type { Outlook, PaymentTotals } from "./exchange.ts";
export { claimVouchers } from "./exit/claim.ts";
export { type ContentRequest, createPeer, type Peer, type PeerOptions } from "./peer.ts";
export { type PeerRun, type RunPeerOptions, runPeer } from "./run-peer.ts";
export { openPeerStore, type PeerStore } from "./store/peer-store.ts";
export type { Content, ContentEvent, ContentProgress } from "./torrent/content/content.ts";
export { readMetainfo } from "./torrent/content/metainfo.ts";
export { createMetainfo } from "./torrent/making/create-metainfo.ts";
export { createKeystore, openKeystore } from "./wallet/keystore.ts";
export { openWallet, type Wallet } from "./wallet/wallet.ts";

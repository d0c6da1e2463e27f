/** A bitcoind-compatible node as a source of templates: what it is asked by JSON-RPC, and what its answers mean; pure. */
package sluice.upstream.node;

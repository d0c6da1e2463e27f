/** Found blocks: on disk before anything else is done with them, then offered until somebody takes them. */
package sluice.proxy.block;

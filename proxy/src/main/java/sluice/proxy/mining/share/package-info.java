/** Judging shares and remembering those that were seen. */
package sluice.proxy.mining.share;

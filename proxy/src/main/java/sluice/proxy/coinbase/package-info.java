/** Whom coinbases pay, where a module that is no pool says so: what it is asked, and what becomes of its answers. */
package sluice.proxy.coinbase;

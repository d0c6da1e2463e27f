/** Jobs as the gateway hands them on: immutable, shared, rendered once. */
package sluice.proxy.mining.job;

/** The pools in force: changed in turns by the operator's file and by the API, and kept over a restart. */
package sluice.proxy.pool;

/** One upstream channel and the miners it feeds. */
package sluice.proxy.route;

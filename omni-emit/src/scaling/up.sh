k3s kubectl --namespace {{ namespace }} scale deployment {{ deployment }} --replicas=1
